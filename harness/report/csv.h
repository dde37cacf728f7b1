// Results as a table for other programs.
#pragma once

#include <string>
#include <vector>

#include "harness/report/result_record.h"

namespace daxlab {

// A row for each run, below a row of names: the parts of its name, its place, its times, why it
// failed, its label, then every counter that any of them has, by name; empty where a run has not
// that. Quoted as RFC 4180 says; lines end in a newline alone. Times in ns.
std::string format_csv(const std::vector<ResultRecord>& records);

}  // namespace daxlab
