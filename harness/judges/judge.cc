#include "harness/judges/judge.h"

#include <fmt/format.h>

#include "core/registry/edit_distance.h"

namespace daxlab {

const char* name_of(JudgeName judge) {
  switch (judge) {
    case JudgeName::coherence:
      return "coherence";
    case JudgeName::isolation:
      return "isolation";
    case JudgeName::zero_page_cache:
      return "zero-page-cache";
    case JudgeName::enospc:
      return "enospc";
    case JudgeName::accounting:
      return "accounting";
    case JudgeName::durability:
      return "durability";
    case JudgeName::parity:
      return "parity";
    case JudgeName::progress:
      return "progress";
    case JudgeName::count:
      break;
  }
  return "?";
}

const char* promise_of(JudgeName judge) {
  switch (judge) {
    case JudgeName::coherence:
      return "after a store or write completes, every later load or read of that word sees it, "
             "through any mapping; a hole reads as zeros";
    case JudgeName::isolation:
      return "no byte of a freed or foreign block is ever visible";
    case JudgeName::zero_page_cache:
      return "cached pages are clean, and only over holes";
    case JudgeName::enospc:
      return "all_or_nothing changes nothing when space runs out; partial wrote what it returned "
             "and nothing more";
    case JudgeName::accounting:
      return "used + free = all blocks, after every operation and every crash";
    case JudgeName::durability:
      return "what was synced before a crash is there after it; atomic is never torn";
    case JudgeName::parity:
      return "engines give the same answers for the same history";
    case JudgeName::progress:
      return "every operation comes to an end, whoever else is at work";
    case JudgeName::count:
      break;
  }
  return "?";
}

ErrorOr<JudgeName> judge_named(const std::string& name) {
  constexpr size_t longest_word = 64;  // beyond it nothing is near
  std::string all;
  std::string nearest;
  size_t fewest = name.size() / 3 + 2;
  for (uint32_t i = 0; i < static_cast<uint32_t>(JudgeName::count); ++i) {
    const std::string known = name_of(static_cast<JudgeName>(i));
    if (name == known) return static_cast<JudgeName>(i);
    all += (i == 0 ? "" : ", ") + known;
    const size_t edits = name.size() > longest_word ? fewest : edit_distance(name, known);
    if (edits < fewest) {
      fewest = edits;
      nearest = known;
    }
  }
  if (!nearest.empty()) {
    return Error{fmt::format("no judge is called '{}'; did you mean '{}'?", name, nearest)};
  }
  return Error{fmt::format("no judge is called '{}'; there are {}", name, all)};
}

std::string to_text(const Verdict& verdict) {
  std::string text = fmt::format("{}: expected {}, seen {}", name_of(verdict.judge),
                                 verdict.expected, verdict.seen);
  if (!verdict.where.empty()) text += fmt::format(" ({})", verdict.where);
  return text;
}

}  // namespace daxlab
