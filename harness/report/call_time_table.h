// Where the time of read() and write() goes.
#pragma once

#include <string>

#include "harness/report/cell_summary.h"

namespace daxlab {

// For each of the two calls, rows of the cells whose operations are all such calls, each of one
// run: the one whose time for an operation is the middle one. Parts add up to its whole; those that
// no row has are left out. Empty when there is no such cell.
std::string call_time_tables(const WorkloadGroup& group);

}  // namespace daxlab
