// WRONG: first_fit that returns no_space with its lock still held: whoever comes next waits for
// ever. Linux commit f52afc93cd01 ("dax: Fix deadlock in dax_lock_mapping_entry()", 2018) mended a
// lock that one path forgot.
#include "plugins/hazards/right_bitmap.h"

namespace {

using namespace daxlab;

class FirstFitKeepsLockWhenFull final : public RightBitmap {
 public:
  FirstFitKeepsLockWhenFull(Host& host, const OptionValues&) : RightBitmap(host) {}

  Result<Extent> allocate(const AllocationRequest& request) noexcept override {
    host_.lock(lock_);
    const Extent found = find(request);
    if (found.is_hole()) return ErrorCode::no_space;
    set_used(found, true);
    host_.unlock(lock_);
    return found;
  }
};

}  // namespace

DAXLAB_ALLOC_PLUGIN(first_fit_keeps_lock_when_full, FirstFitKeepsLockWhenFull,
                    "wrong: the lock is kept when there is no space", no_options,
                    PluginFlags::signal_safe);
