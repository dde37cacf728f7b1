// Where the time of a fault goes.
#pragma once

#include <string>

#include "harness/report/cell_summary.h"

namespace daxlab {

// Rows for cells that had faults, each of one run, so that its parts add up to its whole: the run
// whose time for a fault is the middle one. Empty when there are none.
std::string time_table(const WorkloadGroup& group);

}  // namespace daxlab
