// How thoroughly a recorded run is crashed.
#pragma once

#include <cstdint>
#include <unordered_set>

#include "harness/crash/crash_image.h"

namespace daxlab {

struct CrashPlan {
  bool atomic_writes = false;  // the run's write strategy promises them
  // At moments with too many images for trying all, that many, besides the one that kept nothing.
  uint64_t subsets = 3;
  // Of the recoveries that stored something, so many are crashed themselves, at each of their
  // fences.
  uint64_t cut_recoveries = 8;
  PersistenceDomain domain = PersistenceDomain::adr;
  bool both_domains = false;  // then the other one, too
  // All images of a moment are tried if no more lines than this are open, and no more images there.
  uint64_t exhaustive_lines = 12;
  uint64_t exhaustive_images = 4096;
  // The budget, of images and of time; 0: as long as it takes. Images are shared out over the
  // moments that are left, of which those with more are sampled. When time is up, the check ends.
  uint64_t most_images = 20'000;
  uint64_t time_ns = 0;
  // False: words that nobody reads, or that are independent of all others, are combined like any.
  bool prunes = true;
  // By fingerprint, what was judged in other runs of the same program on the same region: runs,
  // moments, images. Not judged again. Runs add to it; nullptr: each run stands alone. Outlives the
  // plan.
  std::unordered_set<uint64_t>* known = nullptr;
};

}  // namespace daxlab
