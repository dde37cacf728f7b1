// The `workloads` of a config: names, {name: enospc, threads: 2, on_short: retry}, or all.
#pragma once

#include <vector>

#include "harness/config/config_loader.h"
#include "harness/config/first_problem.h"
#include "harness/config/matrix.h"
#include "harness/config/node.h"

namespace daxlab {

// In the order of the file (of the table for `all`). Empty: reported, or the key is missing.
std::vector<WorkloadEntry> read_workloads(const Node& root, WorkloadTable table,
                                          FirstProblem& problems);

// Reports that the key is missing, unless anything else is wrong: it has no place in the file.
void require_workloads(const Node& root, FirstProblem& problems);

}  // namespace daxlab
