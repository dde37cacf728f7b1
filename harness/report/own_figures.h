// The figures that only one workload has ("extents_per_file"), cell beside cell.
#pragma once

#include <string>
#include <vector>

#include "harness/report/cell_summary.h"

namespace daxlab {

inline constexpr size_t terminal_columns = 100;

// A row for each figure and a column for each cell; where that would be too wide for a terminal, a
// row for each cell, in as many tables as its figures need. `labels` are of the group's cells.
// Empty when no cell has such figures.
std::string own_figures_table(const WorkloadGroup& group, const std::vector<std::string>& labels);

}  // namespace daxlab
