#include "harness/report/made_with.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string_view>
#include <vector>

namespace daxlab {
namespace {

// What a baseline says of all that is not its own.
constexpr std::string_view of_baselines = "the kernel's";

std::vector<std::string> values_of(const WorkloadGroup& group, const char* key) {
  std::vector<std::string> values;
  for (const CellSummary& cell : group.cells) {
    for (const ResultRecord& run : cell.runs) {
      const std::string value = run.fact(key);
      if (!value.empty() && std::ranges::count(values, value) == 0) values.push_back(value);
    }
  }
  if (values.size() > 1) std::erase(values, of_baselines);
  return values;
}

}  // namespace

std::string made_with(const WorkloadGroup& group, const std::string& machine) {
  struct Fact {
    const char *key, *word;
  };
  constexpr Fact facts[] = {
      {"fault_delivery", "faults by "}, {"medium", "medium "}, {"persistence_domain", "model "}};
  std::vector<std::string> parts;
  for (const Fact& fact : facts) {
    const std::vector<std::string> values = values_of(group, fact.key);
    if (!values.empty())
      parts.push_back(fmt::format("{}{}", fact.word, fmt::join(values, " and ")));
  }
  parts.push_back(machine);
  return fmt::format("  made with: {}\n", fmt::join(parts, ", "));
}

}  // namespace daxlab
