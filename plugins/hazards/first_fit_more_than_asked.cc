// WRONG: first_fit that rounds a request up to a power of two, as a buddy allocator would, and
// hands out all of it: nobody asked for the rest, so nobody frees it. The core refuses.
#include <bit>

#include "plugins/hazards/right_bitmap.h"

namespace {

using namespace daxlab;

class FirstFitMoreThanAsked final : public RightBitmap {
 public:
  FirstFitMoreThanAsked(Host& host, const OptionValues&) : RightBitmap(host) {}

  Result<Extent> allocate(const AllocationRequest& request) noexcept override {
    AllocationRequest rounded = request;
    rounded.max_blocks = std::bit_ceil(request.max_blocks);
    const Result<Extent> found = RightBitmap::allocate(rounded);
    return found;
  }
};

}  // namespace

DAXLAB_ALLOC_PLUGIN(first_fit_more_than_asked, FirstFitMoreThanAsked,
                    "wrong: more blocks than were asked for", no_options, PluginFlags::signal_safe);
