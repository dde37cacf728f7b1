// A program that goes on with a region after a crash.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/region/region.h"
#include "daxlab/types.h"
#include "harness/crash/crash_verdict.h"

namespace daxlab {

// Uses the core's own files on the region, which was recovered just now (with `used` blocks):
//   - Each file grows, in one of several ways: by truncate, by preallocate, by a write past its
//     end, or by truncate after a cut. What it had is there as it was, and all behind the old end
//     reads as zeros.
//   - A new file is empty, its new blocks are zeros, and it goes again.
// Then the region is as a check wants it. `seed` chooses the ways. Stores to the region, by way of
// its persist; too little space is nobody's fault.
std::optional<CrashFinding> live_on(Region& region, const std::vector<Extent>& used, uint64_t seed);

}  // namespace daxlab
