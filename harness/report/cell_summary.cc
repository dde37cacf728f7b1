#include "harness/report/cell_summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <string_view>
#include <utility>

#include "harness/statistics/sample.h"

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

// Not as on most machines: such times do not compare with those by userfaultfd.
bool is_by_sigsegv_alone(const CellSummary& cell) {
  return std::any_of(cell.runs.begin(), cell.runs.end(), [](const ResultRecord& run) {
    return run.fact("fault_delivery") == "SIGSEGV alone";
  });
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

std::vector<double> CellSummary::all_of(const Figure& figure) const {
  std::vector<double> figures;
  if (failure) return figures;
  for (const ResultRecord& run : runs) {
    if (const auto value = figure(run)) figures.push_back(*value);
  }
  return figures;
}

std::optional<double> CellSummary::median_of(const Figure& figure) const {
  const std::vector<double> figures = all_of(figure);
  if (figures.empty()) return std::nullopt;
  return daxlab::median(figures);
}

std::optional<double> CellSummary::median(const std::string& counter) const {
  return median_of([&](const ResultRecord& run) { return run.counter(counter); });
}

std::vector<CellSummary> summarize(const std::vector<ResultRecord>& records) {
  std::vector<CellSummary> cells;
  std::map<std::pair<int64_t, std::string_view>, size_t> places;
  for (const ResultRecord& record : records) {
    const auto [place, is_new] =
        places.try_emplace({record.family_index, record.name}, cells.size());
    if (is_new) cells.push_back({.parts = record.parts, .effective_medium = {}, .runs = {}});
    CellSummary& cell = cells[place->second];
    cell.runs.push_back(record);
    if (cell.effective_medium.empty()) cell.effective_medium = record.fact("medium");
    if (record.end() <= cell.end) continue;
    cell.end = record.end();
    cell.failure = record.failure;
  }
  return cells;
}

std::vector<WorkloadGroup> group_by_workload(std::vector<CellSummary> cells) {
  std::vector<WorkloadGroup> groups;
  std::map<std::string, size_t> places;
  for (CellSummary& cell : cells) {
    const NameParts& parts = cell.parts;
    const auto [place, is_new] = places.try_emplace(parts.group(), groups.size());
    if (is_new) groups.push_back({parts.workload, parts.threads, {}});
    groups[place->second].cells.push_back(std::move(cell));
  }
  return groups;
}

std::vector<std::string> strategy_labels(const WorkloadGroup& group) {
  std::vector<const Part*> differing;
  for (const Part& part : strategy_parts) {
    if (differs(group, part)) differing.push_back(&part);
  }
  std::vector<std::string> labels;
  for (const CellSummary& cell : group.cells) {
    std::string label;
    if (cell.is_baseline()) {
      // The place of its files is in its name when there are several.
      label = cell.parts.medium == "-" ? "baseline" : "baseline " + cell.parts.medium;
      if (cell.parts.write != "-") label += " " + cell.parts.write;  // direct
      if (!cell.effective_medium.empty()) label += fmt::format(" ({})", cell.effective_medium);
    } else {
      for (const Part* part : differing) {
        label += (label.empty() ? "" : " ") + cell.parts.*part->value;
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
  if (std::any_of(group.cells.begin(), group.cells.end(), is_by_sigsegv_alone)) {
    shared += shared.empty() ? "SIGSEGV alone" : ", SIGSEGV alone";
  }
  return shared;
}

}  // namespace daxlab
