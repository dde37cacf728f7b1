#include "harness/campaign/finished_runs.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

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

FinishedRuns::FinishedRuns(const std::vector<SelectedCell>& cells)
    : cells_(cells), runs_(cells.size()) {
  counts_.cells = cells.size();
  for (size_t cell = 0; cell < cells.size(); ++cell) {
    runs_[cell].records.resize(cells[cell].cell->repetitions);
    counts_.runs += runs_[cell].records.size();
    counts_.cells_over += runs_[cell].is_over() ? 1 : 0;
  }
}

void FinishedRuns::add(size_t cell, RunRecord record) {
  CellRuns& runs = runs_.at(cell);
  const RecordStore::Kept*& place = runs.records.at(record.repetition());
  assert(place == nullptr);
  const uint64_t runs_over = runs.runs_over();
  const bool was_over = runs.is_over();
  const RunEnd before = runs.end;
  runs.end = std::max(before, record.result.end());
  ++runs.there;
  place = store_.keep(std::move(record));
  ++counts_.records;
  counts_.runs_over += runs.runs_over() - runs_over;
  if (runs.is_over() && !was_over) ++counts_.cells_over;
  if (runs.end == before) return;
  if (before == RunEnd::skipped) --counts_.cells_skipped;
  ++(runs.end == RunEnd::skipped ? counts_.cells_skipped : counts_.cells_failed);
}

// Two passes: of records that do not belong here, none is taken.
std::optional<Error> FinishedRuns::take_over(const RecordedRuns& earlier) {
  CellsOfText cells;
  for (size_t cell = 0; cell < cells_.size(); ++cell) {
    cells[cell_text(cells_[cell])].push_back(cell);
  }
  Claimed claimed;
  std::vector<size_t> places;
  for (const RunRecord& record : earlier.records) {
    const auto cell = claim(record, cells, claimed);
    if (!cell) return foreign(record);
    places.push_back(*cell);
  }
  for (size_t i = 0; i < places.size(); ++i) add(places[i], earlier.records[i]);
  return std::nullopt;
}

// Two configs may hold the same cell: the first that has not this repetition yet.
std::optional<size_t> FinishedRuns::claim(const RunRecord& record, const CellsOfText& cells,
                                          Claimed& claimed) const {
  const auto same = cells.find(record.cell->text);
  if (same == cells.end()) return std::nullopt;
  for (const size_t cell : same->second) {
    if (record.repetition() >= runs_[cell].records.size()) continue;
    if (has({cell, record.repetition()})) continue;
    if (claimed.emplace(cell, record.repetition()).second) return cell;
  }
  return std::nullopt;
}

Error FinishedRuns::foreign(const RunRecord& record) const {
  for (size_t cell = 0; cell < cells_.size(); ++cell) {
    if (cells_[cell].cell->name() != record.name()) continue;
    const Json here = cell_config(*cells_[cell].config, *cells_[cell].cell);
    return Error{fmt::format("cell '{}' was run with another config: {}", record.name(),
                             first_difference(record.cell->config, here))};
  }
  return Error{fmt::format("cell '{}' is not among those of this command", record.name())};
}

bool FinishedRuns::has(const PlannedRun& run) const {
  return runs_.at(run.cell).records.at(run.repetition) != nullptr;
}

bool FinishedRuns::has_failed(size_t cell) const { return runs_.at(cell).failed(); }

bool FinishedRuns::is_over(size_t cell) const { return runs_.at(cell).is_over(); }

std::vector<FinishedRuns::Place> FinishedRuns::in_order() const {
  std::vector<Place> places;
  for (size_t cell = 0; cell < runs_.size(); ++cell) {
    for (const RecordStore::Kept* kept : runs_[cell].records) {
      if (kept == nullptr) continue;
      places.push_back({cell, std::make_unique<RunRecord>(RecordStore::record_of(*kept))});
    }
  }
  return places;
}

std::vector<ResultRecord> FinishedRuns::results() const {
  std::vector<ResultRecord> results;
  for (size_t cell = 0; cell < runs_.size(); ++cell) {
    for (const RecordStore::Kept* kept : runs_[cell].records) {
      if (kept == nullptr) continue;
      results.push_back(RecordStore::record_of(*kept).result);
      results.back().family_index = static_cast<int64_t>(cell);
    }
  }
  return results;
}

}  // namespace daxlab
