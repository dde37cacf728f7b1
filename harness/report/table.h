// Results as text for a terminal of 100 columns.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "harness/report/cell_summary.h"
#include "harness/report/result_record.h"

namespace daxlab {

// The command that runs the cell of a record alone.
using AloneLine = std::function<std::string(const ResultRecord&)>;

// For each workload: strategies side by side, one row a cell; where the time of its faults goes;
// the failures of cells, with `alone` if there is one. Figures are medians over repetitions; "-"
// for what a cell has not.
std::string format_tables(const std::vector<ResultRecord>& records, const AloneLine& alone = {});

// Its parts.
std::string strategy_table(const WorkloadGroup& group);
std::string time_table(const WorkloadGroup& group);  // empty without faults
std::string failure_lines(const WorkloadGroup& group, const AloneLine& alone = {});

}  // namespace daxlab
