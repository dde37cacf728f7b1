// Runs the cells of the pairwise table with one seed after the other, each in a process of its own.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/error_or.h"
#include "harness/campaign/run_record.h"
#include "harness/run/cell_selection.h"

namespace daxlab {

struct PairCounts {
  uint64_t ran = 0, failed = 0;
  std::map<std::string, uint64_t> by_delivery;  // how faults came in those that got so far
};

struct PairRunsSpec {
  std::vector<SelectedCell> rows;  // they outlive the runs
  uint64_t first_seed = 1;
  uint64_t seeds = 1;
  uint64_t jobs = 1;      // processes at once
  int interrupt_fd = -1;  // as CampaignSettings has it
  // As soon as there is one; the record carries its seed.
  std::function<void(const RunRecord&, const std::string& what)> on_failure;
  // After all rows have run with it; the counts are of all seeds so far.
  std::function<void(uint64_t seed, const PairCounts&)> on_seed;
};

struct PairRunsEnd {
  PairCounts counts;
  bool interrupted = false;
  std::optional<Error> stopped;  // no process could be started, or cells are missing
};

// The caller has one thread. A cell that dies, hangs or is wrong is a failure, and nothing ends for
// it. Without `interrupted` and `stopped`, every row has run with every seed.
PairRunsEnd run_pairs(const PairRunsSpec& spec);

// Why a run counts as failed: what it says itself, or that it was not what the table promises.
std::optional<std::string> what_is_wrong(const RunRecord& record);

}  // namespace daxlab
