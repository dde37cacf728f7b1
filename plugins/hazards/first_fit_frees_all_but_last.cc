// WRONG: first_fit that frees every extent but for its last block, when it has several: off by one.
// A file system whose frees rounded to whole blocks inwards lost an edge block with each punch
// until a region that was nearly empty said ENOSPC (chimera-nas/chimera, pull request 1350).
#include "plugins/hazards/right_bitmap.h"

namespace {

using namespace daxlab;

class FirstFitFreesAllButLast final : public RightBitmap {
 public:
  FirstFitFreesAllButLast(Host& host, const OptionValues&) : RightBitmap(host) {}

  void free(Extent extent) noexcept override {
    if (extent.blocks > 1) --extent.blocks;
    RightBitmap::free(extent);
  }
};

}  // namespace

DAXLAB_ALLOC_PLUGIN(first_fit_frees_all_but_last, FirstFitFreesAllButLast,
                    "wrong: the last block of a freed extent is lost", no_options,
                    PluginFlags::signal_safe);
