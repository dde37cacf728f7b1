#include "harness/commands/region_words.h"

#include <fmt/format.h>

namespace daxlab {

const char* name_of(LogState log) {
  switch (log) {
    case LogState::idle:
      return "idle";
    case LogState::committed:
      return "committed";
    case LogState::damaged:
      return "damaged";
  }
  return "?";
}

std::string pending_text(const RegionSummary& summary) {
  std::string text;
  if (summary.log == LogState::committed) {
    text += "pending: the next open finishes an atomic change that a crash cut short\n";
  }
  if (summary.contents.blocks_past_end != 0) {
    text += fmt::format("pending: the next open frees {} blocks past the ends of files\n",
                        summary.contents.blocks_past_end);
  }
  return text;
}

Json pending_json(const RegionSummary& summary) {
  return {{"blocks_past_end", summary.contents.blocks_past_end},
          {"log_replay", summary.log == LogState::committed}};
}

Json problem_json(const Problem& problem) {
  Json json = {{"kind", name_of(problem.kind)}};
  if (!problem.remedy.empty()) json.set("remedy", problem.remedy);
  json.set("what", problem.what);
  json.set("where", problem.where);
  return json;
}

}  // namespace daxlab
