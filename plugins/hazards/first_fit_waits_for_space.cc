// WRONG: first_fit that waits until somebody frees a block in place of saying no_space: nobody
// will. XFS once had a thread that looped at ENOSPC (Linux commit 4be536debe3f).
#include "plugins/hazards/right_bitmap.h"

namespace {

using namespace daxlab;

class FirstFitWaitsForSpace final : public RightBitmap {
 public:
  FirstFitWaitsForSpace(Host& host, const OptionValues&) : RightBitmap(host) {}

  Result<Extent> allocate(const AllocationRequest& request) noexcept override {
    for (;;) {
      const Result<Extent> found = RightBitmap::allocate(request);
      if (found.ok()) return found;
      host_.relax();
    }
  }
};

}  // namespace

DAXLAB_ALLOC_PLUGIN(first_fit_waits_for_space, FirstFitWaitsForSpace,
                    "wrong: spins until there is space", no_options, PluginFlags::signal_safe);
