// The set-up that workloads share which begin with a mapped file of holes.
#pragma once

#include "core/base/error_or.h"
#include "harness/workloads/checks.h"

namespace daxlab {

// The mapped file "data", all hole, once it is certain that a block for each page is there, and
// `more_blocks` besides.
ErrorOr<MappedFile> make_hole_file(WorkloadRun& run, const char* workload, uint64_t pages,
                                   uint64_t mappings, uint64_t more_blocks = 0);

// Reads every page of it as a hole, through each mapping, with all threads, and lets memory be
// measured while each page shows what the strategy puts there.
std::optional<Failure> read_holes(WorkloadRun& run, const MappedFile& holes, uint64_t pages);

}  // namespace daxlab
