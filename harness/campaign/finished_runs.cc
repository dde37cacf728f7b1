#include "harness/campaign/finished_runs.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "harness/config/cell_config.h"

namespace daxlab {
namespace {

// Each value that is no list or map by its place, "workloads.0.size", as JSON.
void list_values(const Json& json, const std::string& place,
                 std::map<std::string, std::string>& values) {
  const auto inner = [&](const std::string& key) {
    return place.empty() ? key : place + "." + key;
  };
  for (const auto& [key, value] : json.members()) list_values(value, inner(key), values);
  for (size_t i = 0; i < json.items().size(); ++i) {
    list_values(json[i], inner(std::to_string(i)), values);
  }
  if (json.empty()) values[place] = json.dump();
}

// "region.size is 16777216 there, 33554432 here" of the first key that differs.
std::string first_difference(const Json& there, const Json& here) {
  std::map<std::string, std::string> was, is;
  list_values(there, "", was);
  list_values(here, "", is);
  std::map<std::string, std::string> all = was;
  all.insert(is.begin(), is.end());
  const auto shown = [](const std::map<std::string, std::string>& values, const std::string& key) {
    const auto found = values.find(key);
    return found == values.end() ? "not set" : found->second;
  };
  for (const auto& [key, value] : all) {
    if (shown(was, key) == shown(is, key)) continue;
    return fmt::format("{} is {} there, {} here", key, shown(was, key), shown(is, key));
  }
  return "it is there more often than here";
}

}  // namespace

FinishedRuns::FinishedRuns(const std::vector<SelectedCell>& cells) : cells_(cells) {
  for (const SelectedCell& selected : cells) records_.emplace_back(selected.cell->repetitions);
}

void FinishedRuns::add(size_t cell, RunRecord record) {
  const uint64_t repetition = record.repetition();
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
      return foreign(record);
    }
    add(place->cell, record);
  }
  return std::nullopt;
}

// Two configs may hold the same cell: the first that has not this repetition yet.
std::optional<PlannedRun> FinishedRuns::place_of(const RunRecord& record,
                                                 const std::vector<std::string>& texts) const {
  for (size_t cell = 0; cell < cells_.size(); ++cell) {
    if (texts[cell] != record.cell_text || record.repetition() >= records_[cell].size()) continue;
    if (!records_[cell][record.repetition()]) return PlannedRun{cell, record.repetition()};
  }
  return std::nullopt;
}

Error FinishedRuns::foreign(const RunRecord& record) const {
  for (size_t cell = 0; cell < cells_.size(); ++cell) {
    if (cells_[cell].cell->name() != record.name()) continue;
    const Json here = cell_config(*cells_[cell].config, *cells_[cell].cell);
    return Error{fmt::format("cell '{}' was run with another config: {}", record.name(),
                             first_difference(record.cell, here))};
  }
  return Error{fmt::format("cell '{}' is not among those of this command", record.name())};
}

bool FinishedRuns::has(const PlannedRun& run) const {
  return records_.at(run.cell).at(run.repetition).has_value();
}

bool FinishedRuns::has_failed(size_t cell) const {
  return std::any_of(records_.at(cell).begin(), records_.at(cell).end(),
                     [](const auto& record) { return record && record->failed(); });
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

std::vector<ResultRecord> FinishedRuns::results() const {
  std::vector<ResultRecord> results;
  for (const auto& [cell, record] : in_order()) {
    results.push_back(record->result);
    results.back().family_index = static_cast<int64_t>(cell);
  }
  return results;
}

}  // namespace daxlab
