// Results as text for a terminal of 100 columns.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "harness/report/cell_summary.h"
#include "harness/report/metric.h"
#include "harness/report/result_record.h"

namespace daxlab {

// The command that runs the cell of a record alone.
using AloneLine = std::function<std::string(const ResultRecord&)>;

// For each workload: strategies side by side, one row a cell; where the time of its faults goes;
// the failures of cells, with `alone` if there is one. Figures are medians over repetitions; "-"
// for what a cell has not. `columns` are shown besides the usual ones.
std::string format_tables(const std::vector<ResultRecord>& records, const AloneLine& alone = {},
                          const std::vector<Metric>& columns = {});

// Its parts.
std::string strategy_table(const WorkloadGroup& group, const std::vector<Metric>& columns = {});
std::string failure_lines(const WorkloadGroup& group, const AloneLine& alone = {});

}  // namespace daxlab
