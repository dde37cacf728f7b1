// What others have published, to stand beside what is measured here. The only file that knows
// strategies by name.
#pragma once

#include <string>

#include "harness/report/cell_summary.h"

namespace daxlab {

// "page_zero over global_zero: strategy_ns ratio 4.10 (published for Linux: 4.25 = 3.4 us over 0.8
// us)" for the first pair of cells that differ in nothing else; empty when the group has no such
// pair.
std::string published_comparison(const WorkloadGroup& group);

}  // namespace daxlab
