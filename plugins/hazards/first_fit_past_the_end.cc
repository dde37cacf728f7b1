// WRONG: first_fit that takes the end of the geometry for the last block that it may hand out. A
// miscount of what remained let the allocator of Sound Open Firmware go beyond its memory
// (thesofproject/sof, pull request 1249); behind a region's data blocks lies the copy of its
// superblock.
#include "plugins/hazards/right_bitmap.h"

namespace {

using namespace daxlab;

class FirstFitPastTheEnd final : public RightBitmap {
 public:
  FirstFitPastTheEnd(Host& host, const OptionValues&) : RightBitmap(host) {}

  Status init(Geometry geometry) noexcept override {
    return RightBitmap::init({geometry.first_block, geometry.end_block + 1});
  }
};

}  // namespace

DAXLAB_ALLOC_PLUGIN(first_fit_past_the_end, FirstFitPastTheEnd,
                    "wrong: one block behind the end is handed out", no_options,
                    PluginFlags::signal_safe);
