#include "harness/report/made_with.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>
#include <string_view>
#include <utility>
#include <vector>

namespace daxlab {
namespace {

// What a baseline says of all that is not its own.
constexpr std::string_view of_baselines = "the kernel's";

using Fact = std::function<std::string(const ResultRecord&)>;

std::vector<std::string> values_of(const WorkloadGroup& group, const Fact& fact) {
  std::vector<std::string> values;
  for (const CellSummary& cell : group.cells) {
    for (const ResultRecord& run : cell.runs) {
      const std::string value = fact(run);
      if (!value.empty() && std::ranges::count(values, value) == 0) values.push_back(value);
    }
  }
  if (values.size() > 1) std::erase(values, of_baselines);
  return values;
}

Fact of_label(const char* key) {
  return [key](const ResultRecord& run) { return run.fact(key); };
}

}  // namespace

std::string made_with(const WorkloadGroup& group) {
  const Fact machine = [](const ResultRecord& run) { return run.machine; };
  const std::pair<const char*, Fact> facts[] = {{"faults by ", of_label("fault_delivery")},
                                                {"medium ", of_label("medium")},
                                                {"model ", of_label("persistence_domain")},
                                                {"", machine}};
  std::vector<std::string> parts;
  for (const auto& [word, fact] : facts) {
    const std::vector<std::string> values = values_of(group, fact);
    if (!values.empty()) parts.push_back(fmt::format("{}{}", word, fmt::join(values, " and ")));
  }
  if (values_of(group, machine).empty()) return {};
  return fmt::format("  made with: {}\n", fmt::join(parts, ", "));
}

}  // namespace daxlab
