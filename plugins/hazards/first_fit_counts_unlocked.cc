// WRONG: first_fit that reads its count of free blocks before it takes the lock and stores it
// after: of two threads, one's change is lost. The bitmap stays right, so only the count tells.
#include "plugins/hazards/right_bitmap.h"

namespace {

using namespace daxlab;

class FirstFitCountsUnlocked final : public RightBitmap {
 public:
  FirstFitCountsUnlocked(Host& host, const OptionValues&) : RightBitmap(host) {}

  Result<Extent> allocate(const AllocationRequest& request) noexcept override {
    const uint64_t before = count_;
    const Result<Extent> found = RightBitmap::allocate(request);
    if (found.ok()) count_ = before - found.value().blocks;
    return found;
  }
  void free(Extent extent) noexcept override {
    const uint64_t before = count_;
    RightBitmap::free(extent);
    count_ = before + extent.blocks;
  }
  Status init(Geometry geometry) noexcept override {
    count_ = geometry.end_block - geometry.first_block;
    return RightBitmap::init(geometry);
  }
  Status mark_used(Extent extent) noexcept override {
    count_ -= extent.blocks;
    return RightBitmap::mark_used(extent);
  }
  FreeSpace free_space() const noexcept override {
    return {count_, RightBitmap::free_space().largest_extent_blocks};
  }

 private:
  uint64_t count_ = 0;
};

}  // namespace

DAXLAB_ALLOC_PLUGIN(first_fit_counts_unlocked, FirstFitCountsUnlocked,
                    "wrong: the count of free blocks loses updates", no_options,
                    PluginFlags::signal_safe);
