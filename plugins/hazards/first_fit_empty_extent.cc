// WRONG: first_fit that answers with an empty extent in place of no_space. In XFS, direct writes
// with copy-on-write took such an answer, without blocks and at a wrong offset, for a mapping
// (Linux commit 6d8a45ce29c7).
#include "plugins/hazards/right_bitmap.h"

namespace {

using namespace daxlab;

class FirstFitEmptyExtent final : public RightBitmap {
 public:
  FirstFitEmptyExtent(Host& host, const OptionValues&) : RightBitmap(host) {}

  Result<Extent> allocate(const AllocationRequest& request) noexcept override {
    const Result<Extent> found = RightBitmap::allocate(request);
    return found.ok() ? found : Result<Extent>(Extent{});
  }
};

}  // namespace

DAXLAB_ALLOC_PLUGIN(first_fit_empty_extent, FirstFitEmptyExtent,
                    "wrong: an empty extent in place of no_space", no_options,
                    PluginFlags::signal_safe);
