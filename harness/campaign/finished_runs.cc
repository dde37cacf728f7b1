#include "harness/campaign/finished_runs.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace daxlab {
namespace {

// "region.size is 16777216 there, 33554432 here" of the first key that differs.
std::string first_difference(const std::string& there, const std::string& here) {
  const auto a = nlohmann::json::parse(there).flatten(), b = nlohmann::json::parse(here).flatten();
  const auto shown = [](const nlohmann::json& json, const std::string& key) {
    return json.contains(key) ? json.at(key).dump() : "not set";
  };
  nlohmann::json all = a;
  all.update(b);
  for (const auto& [key, value] : all.items()) {
    const std::string was = shown(a, key), is = shown(b, key);
    if (was == is) continue;
    std::string path = key.substr(1);
    std::replace(path.begin(), path.end(), '/', '.');
    return fmt::format("{} is {} there, {} here", path, was, is);
  }
  return "it is there more often than here";
}

}  // namespace

FinishedRuns::FinishedRuns(const std::vector<SelectedCell>& cells) : cells_(cells) {
  for (const SelectedCell& selected : cells) records_.emplace_back(selected.cell->repetitions);
}

void FinishedRuns::add(size_t cell, RunRecord record) {
  const uint64_t repetition = record.repetition;
  records_.at(cell).at(repetition) = std::move(record);
}

std::optional<Error> FinishedRuns::take_over(const RecordedRuns& earlier) {
  std::vector<std::string> texts;
  for (const SelectedCell& selected : cells_) texts.push_back(cell_text(selected));
  const auto before = records_;
  for (const RunRecord& record : earlier.records) {
    const auto place = place_of(record, texts);
    if (!place) {
      records_ = before;
      return foreign(record, texts);
    }
    add(place->cell, record);
  }
  return std::nullopt;
}

// Two configs may hold the same cell: the first that has not this repetition yet.
std::optional<PlannedRun> FinishedRuns::place_of(const RunRecord& record,
                                                 const std::vector<std::string>& texts) const {
  for (size_t cell = 0; cell < cells_.size(); ++cell) {
    if (texts[cell] != record.cell || record.repetition >= records_[cell].size()) continue;
    if (!records_[cell][record.repetition]) return PlannedRun{cell, record.repetition};
  }
  return std::nullopt;
}

Error FinishedRuns::foreign(const RunRecord& record, const std::vector<std::string>& texts) const {
  for (size_t cell = 0; cell < cells_.size(); ++cell) {
    if (cells_[cell].cell->name() != record.name) continue;
    return Error{fmt::format("cell '{}' was run with another config: {}", record.name,
                             first_difference(record.cell, texts[cell]))};
  }
  return Error{fmt::format("cell '{}' is not among those of this command", record.name)};
}

bool FinishedRuns::has(const PlannedRun& run) const {
  return records_.at(run.cell).at(run.repetition).has_value();
}

bool FinishedRuns::has_failed(size_t cell) const {
  return std::any_of(records_.at(cell).begin(), records_.at(cell).end(),
                     [](const auto& record) { return record && record->failed; });
}

bool FinishedRuns::is_over(size_t cell) const {
  return has_failed(cell) || std::all_of(records_.at(cell).begin(), records_.at(cell).end(),
                                         [](const auto& record) { return record.has_value(); });
}

FinishedRuns::Counts FinishedRuns::counts() const {
  Counts counts;
  counts.cells = cells_.size();
  for (size_t cell = 0; cell < cells_.size(); ++cell) {
    const auto there =
        static_cast<uint64_t>(std::count_if(records_[cell].begin(), records_[cell].end(),
                                            [](const auto& record) { return record.has_value(); }));
    counts.runs += records_[cell].size();
    counts.records += there;
    counts.runs_over += is_over(cell) ? records_[cell].size() : there;
    if (is_over(cell)) ++counts.cells_over;
    if (has_failed(cell)) ++counts.cells_failed;
  }
  return counts;
}

std::vector<FinishedRuns::Place> FinishedRuns::in_order() const {
  std::vector<Place> places;
  for (size_t cell = 0; cell < records_.size(); ++cell) {
    for (const auto& record : records_[cell]) {
      if (record) places.push_back({cell, &*record});
    }
  }
  return places;
}

}  // namespace daxlab
