// Which runs of a campaign are over, and their records.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/error_or.h"
#include "harness/campaign/recorded_runs.h"
#include "harness/campaign/run_plan.h"

namespace daxlab {

class FinishedRuns {
 public:
  // None yet. The cells outlive this.
  explicit FinishedRuns(const std::vector<SelectedCell>& cells);

  void add(size_t cell, RunRecord record);
  // All of what an earlier campaign has finished. The error names the first that is not of these
  // cells, and what of its config differs; nothing is taken then.
  std::optional<Error> take_over(const RecordedRuns& earlier);

  bool has(const PlannedRun& run) const;
  bool has_failed(size_t cell) const;
  // Over: all repetitions are there, or one has failed, which ends the cell.
  bool is_over(size_t cell) const;

  struct Counts {
    uint64_t records = 0;
    uint64_t runs_over = 0;  // with those that a failed cell does not need any more
    uint64_t runs = 0;
    uint64_t cells_over = 0, cells_failed = 0, cells = 0;
  };
  Counts counts() const;

  // In the order of cells and repetitions, whatever the order they ran in.
  struct Place {
    size_t cell;
    const RunRecord* record;
  };
  std::vector<Place> in_order() const;
  // In the same order; their family is the place of their cell.
  std::vector<ResultRecord> results() const;

 private:
  std::optional<PlannedRun> place_of(const RunRecord& record,
                                     const std::vector<std::string>& texts) const;
  Error foreign(const RunRecord& record) const;

  const std::vector<SelectedCell>& cells_;
  std::vector<std::vector<std::optional<RunRecord>>> records_;  // by cell and repetition
};

}  // namespace daxlab
