// All selected cells, one process after the other, collected into one document.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/base/error_or.h"
#include "harness/run/cell_selection.h"

namespace daxlab {

struct CampaignResult {
  std::string document;  // Google Benchmark's form, all records so far
  uint64_t cells_run = 0;
  uint64_t cells_failed = 0;
  bool interrupted = false;
};

struct CampaignStep {
  uint64_t cell;  // from 1
  uint64_t cells;
  uint64_t repetition;  // from 1
  uint64_t repetitions;
  std::string name;
};

// Repetitions of a cell end with its first failure. `on_step` is told of each before it starts. The
// caller has one thread; `interrupt_fd` as in CellProcessSpec. The error: a process could not be
// started.
ErrorOr<CampaignResult> run_campaign(const std::vector<SelectedCell>& cells,
                                     const std::function<void(const CampaignStep&)>& on_step,
                                     int interrupt_fd);

}  // namespace daxlab
