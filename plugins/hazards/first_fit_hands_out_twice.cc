// WRONG: first_fit that hands out what it handed out last once more, at every fourth call. Two
// files would share the block; the core's own bitmap notices.
#include "plugins/hazards/right_bitmap.h"

namespace {

using namespace daxlab;

class FirstFitHandsOutTwice final : public RightBitmap {
 public:
  FirstFitHandsOutTwice(Host& host, const OptionValues&) : RightBitmap(host) {}

  Result<Extent> allocate(const AllocationRequest& request) noexcept override {
    const Result<Extent> found = RightBitmap::allocate(request);
    host_.lock(lock_);
    const bool again = ++calls_ % 4 == 0 && last_.blocks >= request.min_blocks &&
                       last_.blocks <= request.max_blocks;
    const Extent twice = last_;
    if (found.ok()) last_ = found.value();
    host_.unlock(lock_);
    return again ? Result<Extent>(twice) : found;
  }

 private:
  uint64_t calls_ = 0;
  Extent last_;
};

}  // namespace

DAXLAB_ALLOC_PLUGIN(first_fit_hands_out_twice, FirstFitHandsOutTwice,
                    "wrong: every fourth extent was handed out before", no_options,
                    PluginFlags::signal_safe);
