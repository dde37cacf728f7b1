#include "harness/judges/durability.h"

namespace daxlab {
namespace {

const char* expected_by(Promise promise) {
  switch (promise) {
    case Promise::opening:
      return "a region that recovery opens, with nothing left for a second recovery";
    case Promise::accounting:
      return "each block in use once, by the files that are there";
    case Promise::isolation:
      return "files that show only what was once their own";
    case Promise::durability:
      return "what had been made durable, and what it replaced gone";
    case Promise::atomicity:
      return "a write as a whole or not at all";
    case Promise::size:
      return "sizes that cover written bytes only";
  }
  return "?";
}

}  // namespace

JudgeName judge_of(Promise promise) {
  switch (promise) {
    case Promise::accounting:
      return JudgeName::accounting;
    case Promise::isolation:
      return JudgeName::isolation;
    case Promise::opening:
    case Promise::durability:
    case Promise::atomicity:
    case Promise::size:
      break;
  }
  return JudgeName::durability;
}

Verdict verdict_of(const CrashFinding& finding) {
  return {judge_of(finding.promise), expected_by(finding.promise), finding.text, "after a crash",
          std::nullopt};
}

}  // namespace daxlab
