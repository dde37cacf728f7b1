// Mending a damaged region without giving up what can still be reached.
#pragma once

#include <cstdint>
#include <functional>

#include "core/region/region.h"
#include "core/recovery/region_check.h"

namespace daxlab {

struct RepairResult {
  uint64_t problems = 0;  // met
  uint64_t left = 0;      // of them, that could not be mended
};

// Mends what check_region reports with a remedy, and says each problem as it was met, with what was
// done; last those that are left, without a remedy. With none left the region can be recovered. Cut
// short, it can be run again. Nobody uses the region; of one that is read-only everything is left.
RepairResult repair_region(Region& region, const std::function<void(const Problem&)>& report);

}  // namespace daxlab
