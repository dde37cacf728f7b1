// WRONG: first_fit that searches under its lock, lets go of it, and takes it again to mark what it
// found: two threads find the same run. In eBay's HomeStore a block could be taken between two
// steps of a free (eBay/HomeStore, pull request 820).
#include "plugins/hazards/right_bitmap.h"

namespace {

using namespace daxlab;

class FirstFitSearchesUnlocked final : public RightBitmap {
 public:
  FirstFitSearchesUnlocked(Host& host, const OptionValues&) : RightBitmap(host) {}

  Result<Extent> allocate(const AllocationRequest& request) noexcept override {
    host_.lock(lock_);
    const Extent found = find(request);
    host_.unlock(lock_);
    if (found.is_hole()) return ErrorCode::no_space;
    host_.lock(lock_);
    set_used(found, true);
    host_.unlock(lock_);
    return found;
  }
};

}  // namespace

DAXLAB_ALLOC_PLUGIN(first_fit_searches_unlocked, FirstFitSearchesUnlocked,
                    "wrong: another thread may take what was found", no_options,
                    PluginFlags::signal_safe);
