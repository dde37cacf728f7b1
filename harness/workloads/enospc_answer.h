// The question of 2014 in one call: a write() of twice as many bytes as there is space for.
#pragma once

#include <cstdint>
#include <optional>

#include "harness/workloads/workload.h"

namespace daxlab {

// Makes that call on an empty file system, verifies that what was answered is what has happened,
// and leaves it empty. Adds what was free, what write() returned (0: refused), and the blocks that
// the file has beyond that to run.extra. Not timed.
// Free are `left_bytes`, or in a small region a quarter of it; a write that no file takes as a
// whole is left out.
std::optional<Failure> answer_at_enospc(WorkloadRun& run, const char* workload,
                                        uint64_t left_bytes);

}  // namespace daxlab
