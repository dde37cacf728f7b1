// Workloads of random cells in random order on labs that come and go, in one process, for as long
// as it is told: what a run of a single cell cannot show is what is never given back.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/base/error_or.h"
#include "harness/endurance/process_use.h"
#include "harness/run/cell_selection.h"

namespace daxlab {

struct SoakSpec {
  std::vector<SelectedCell> cells;  // at least one
  std::chrono::nanoseconds duration{};
  uint64_t seed = 1;                                 // of the order, and of each workload
  std::function<void(const SelectedCell&)> on_run;   // before each; may be empty
  std::function<void(const ProcessUse&)> on_sample;  // whenever all labs are closed; may be empty
  std::function<bool()> interrupted;                 // asked before each run; may be empty
};

struct SoakResult {
  uint64_t runs = 0;
  uint64_t labs = 0;
  uint64_t distinct_cells = 0;
  ProcessUse begin;  // when every workload has run once: libraries have what they keep
  ProcessUse end;
  ProcessUse highest;  // of all samples
  uint64_t samples = 0;
  std::optional<std::string> failure;  // "CELL (seed 5): what"; ended the soak
  bool interrupted = false;
};

// Every workload runs once, whatever the duration. One thread, which no lab's mapping outlives. The
// error: this process cannot be measured.
ErrorOr<SoakResult> soak(const SoakSpec& spec);

}  // namespace daxlab
