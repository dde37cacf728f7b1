// In which order the runs of cells begin.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "harness/run/cell_selection.h"

namespace daxlab {

struct PlannedRun {
  size_t cell;  // which of the selected cells
  uint64_t repetition;
  friend bool operator==(const PlannedRun&, const PlannedRun&) = default;
};

// Every repetition of every cell, once. Runs of configs with random order are shuffled, all of them
// among each other, so that slow changes of the machine meet all cells alike; runs of other configs
// keep their places. The seeds of the configs decide: the same cells give the same order.
std::vector<PlannedRun> plan_runs(const std::vector<SelectedCell>& cells);

}  // namespace daxlab
