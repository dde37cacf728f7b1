#include "harness/commands/region_words.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

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

nlohmann::json pending_json(const RegionSummary& summary) {
  return {{"log_replay", summary.log == LogState::committed},
          {"blocks_past_end", summary.contents.blocks_past_end}};
}

nlohmann::json problem_json(const Problem& problem) {
  nlohmann::json json = {
      {"kind", name_of(problem.kind)}, {"where", problem.where}, {"what", problem.what}};
  if (!problem.remedy.empty()) json["remedy"] = problem.remedy;
  return json;
}

}  // namespace daxlab
