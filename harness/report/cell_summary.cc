#include "harness/report/cell_summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace daxlab {
namespace {

struct Part {
  const char* word;  // before a shared value in a heading
  std::string NameParts::*value;
};
constexpr std::array<Part, 5> strategy_parts = {{{"", &NameParts::engine},
                                                 {"", &NameParts::medium},
                                                 {"fault ", &NameParts::fault},
                                                 {"write ", &NameParts::write},
                                                 {"alloc ", &NameParts::alloc}}};

std::string effective_medium(const std::string& label) {
  constexpr std::string_view key = "medium=";
  if (!label.starts_with(key)) return {};
  return label.substr(key.size(), label.find(' ') - key.size());
}

// A baseline has none of the parts that tell strategies apart.
bool differs(const WorkloadGroup& group, const Part& part) {
  const std::string* first = nullptr;
  for (const CellSummary& cell : group.cells) {
    if (cell.is_baseline()) continue;
    const std::string& value = cell.parts.*part.value;
    if (first != nullptr && *first != value) return true;
    first = &value;
  }
  return false;
}

}  // namespace

std::optional<double> CellSummary::median_of(
    const std::function<std::optional<double>(const ResultRecord&)>& figure) const {
  if (failure) return std::nullopt;
  std::vector<double> values;
  for (const ResultRecord& run : runs) {
    if (const auto value = figure(run)) values.push_back(*value);
  }
  if (values.empty()) return std::nullopt;
  std::sort(values.begin(), values.end());
  const size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

std::optional<double> CellSummary::median(const std::string& counter) const {
  return median_of([&](const ResultRecord& run) { return run.counter(counter); });
}

std::optional<double> CellSummary::median_time_ns() const {
  return median_of([](const ResultRecord& run) { return std::optional(run.real_time_ns); });
}

std::vector<CellSummary> summarize(const std::vector<ResultRecord>& records) {
  std::vector<CellSummary> cells;
  for (const ResultRecord& record : records) {
    auto cell = std::find_if(cells.begin(), cells.end(), [&](const CellSummary& known) {
      return known.runs.front().family_index == record.family_index &&
             known.runs.front().name == record.name;
    });
    if (cell == cells.end()) {
      cells.push_back({record.parts, {}, {}, {}});
      cell = cells.end() - 1;
    }
    cell->runs.push_back(record);
    if (cell->effective_medium.empty()) cell->effective_medium = effective_medium(record.label);
    if (record.failure && !cell->failure) cell->failure = record.failure;
  }
  return cells;
}

std::vector<WorkloadGroup> group_by_workload(const std::vector<CellSummary>& cells) {
  std::vector<WorkloadGroup> groups;
  for (const CellSummary& cell : cells) {
    auto group = std::find_if(groups.begin(), groups.end(), [&](const WorkloadGroup& known) {
      return known.workload == cell.parts.workload && known.threads == cell.parts.threads;
    });
    if (group == groups.end()) {
      groups.push_back({cell.parts.workload, cell.parts.threads, {}});
      group = groups.end() - 1;
    }
    group->cells.push_back(cell);
  }
  return groups;
}

std::vector<std::string> strategy_labels(const WorkloadGroup& group) {
  std::vector<std::string> labels;
  for (const CellSummary& cell : group.cells) {
    std::string label;
    if (cell.is_baseline()) {
      label = cell.effective_medium.empty() ? "baseline"
                                            : fmt::format("baseline ({})", cell.effective_medium);
    } else {
      for (const Part& part : strategy_parts) {
        if (!differs(group, part)) continue;
        label += (label.empty() ? "" : " ") + cell.parts.*part.value;
      }
      if (label.empty()) label = cell.parts.fault;
    }
    labels.push_back(label);
  }
  return labels;
}

std::string shared_parts(const WorkloadGroup& group) {
  const auto cell = std::find_if(group.cells.begin(), group.cells.end(),
                                 [](const CellSummary& some) { return !some.is_baseline(); });
  if (cell == group.cells.end()) return {};
  std::string shared;
  for (const Part& part : strategy_parts) {
    const std::string& value = cell->parts.*part.value;
    if (differs(group, part) || value == "-") continue;
    shared += fmt::format("{}{}{}", shared.empty() ? "" : ", ", part.word, value);
  }
  return shared;
}

}  // namespace daxlab
