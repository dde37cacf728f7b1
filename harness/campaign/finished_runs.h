// Which runs of a campaign are over, and their records.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/base/error_or.h"
#include "harness/campaign/record_store.h"
#include "harness/campaign/recorded_runs.h"
#include "harness/campaign/run_plan.h"

namespace daxlab {

class FinishedRuns {
 public:
  // None yet. The cells outlive this.
  explicit FinishedRuns(const std::vector<SelectedCell>& cells);

  // A run that is not there yet.
  void add(size_t cell, RunRecord record);
  // All of what an earlier campaign has finished. The error names the first that is not of these
  // cells, and what of its config differs; nothing is taken then.
  std::optional<Error> take_over(const RecordedRuns& earlier);

  bool has(const PlannedRun& run) const;
  // Or was skipped.
  bool has_failed(size_t cell) const;
  // Over: all repetitions are there, or one has failed or was skipped, which ends the cell.
  bool is_over(size_t cell) const;

  struct Counts {
    uint64_t records = 0;
    uint64_t runs_over = 0;  // with those that a failed cell does not need any more
    uint64_t runs = 0;
    uint64_t cells_over = 0, cells_failed = 0, cells_skipped = 0, cells = 0;
    friend bool operator==(const Counts&, const Counts&) = default;
  };
  const Counts& counts() const { return counts_; }  // kept, not counted

  // In the order of cells and repetitions, whatever the order they ran in.
  struct Place {
    size_t cell;
    std::unique_ptr<const RunRecord> record;
  };
  std::vector<Place> in_order() const;
  // In the same order; their family is the place of their cell.
  std::vector<ResultRecord> results() const;

 private:
  struct CellRuns {
    std::vector<const RecordStore::Kept*> records;  // by repetition; null: not over
    uint64_t there = 0;
    RunEnd end = RunEnd::passed;
    bool failed() const { return end != RunEnd::passed; }
    bool is_over() const { return failed() || there == records.size(); }
    uint64_t runs_over() const { return is_over() ? records.size() : there; }
  };
  using CellsOfText = std::map<std::string, std::vector<size_t>>;
  using Claimed = std::set<std::pair<size_t, uint64_t>>;

  std::optional<size_t> claim(const RunRecord& record, const CellsOfText& cells,
                              Claimed& claimed) const;
  Error foreign(const RunRecord& record) const;

  const std::vector<SelectedCell>& cells_;
  std::vector<CellRuns> runs_;  // by cell
  Counts counts_;
  RecordStore store_;
};

}  // namespace daxlab
