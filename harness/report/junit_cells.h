// Cells as the test cases of a JUnit document.
#pragma once

#include <vector>

#include "harness/report/junit.h"
#include "harness/report/table.h"

namespace daxlab {

// One for each cell, its suite the workload. A failed one has the kind of its failure, and as text
// all that was said, with `alone` if there is one. Its time is that of all of its runs.
std::vector<JunitCase> junit_cells(const std::vector<ResultRecord>& records,
                                   const AloneLine& alone);

}  // namespace daxlab
