// Google Benchmark is behind this door: it repeats the rows, interleaved, and shows them.
#pragma once

#include <vector>

#include "harness/bench/rows.h"

namespace daxlab {

// Takes Google Benchmark's arguments (--benchmark_filter=sync). Prints its table, then one line for
// each row: time per item, and the ratio to the row that it is compared with; medians. Returns the
// exit code: 1 when a row failed.
int run_rows(int argument_count, char** arguments, const std::vector<Row>& rows);

}  // namespace daxlab
