// The bare loop over holes, and what it costs beside an anonymous huge zero page.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "harness/workloads/workload.h"

namespace daxlab {

struct NonzeroWord {
  uint64_t page = 0;  // where the first one was
  uint64_t seen = 0;  // 0: all words were
};

// Loads the first word of each of `pages` pages from `at`. One function for files and for the
// reference, so that both run the very same instructions.
NonzeroWord find_nonzero(const std::byte* at, uint64_t pages);

// Times that loop over fresh holes of a file beside fresh anonymous memory of the same size that
// the kernel backs by its huge zero page, in turns, and puts loop_ns_per_page,
// reference_ns_per_page and over_reference (medians of the turns) into run.extra.
// Nothing under a simulator. Part of set-up: its file is gone on return.
std::optional<Failure> compare_with_huge_zero_page(WorkloadRun& run, const char* workload,
                                                   uint64_t pages);

}  // namespace daxlab
