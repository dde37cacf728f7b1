// WRONG: first_fit that goes on saying how much was free at the beginning. Counters of free space
// that drift from what is free are common: CHERIoT's allocator counted some twice (CHERIoT-
// Platform/cheriot-rtos, pull request 378).
#include "plugins/hazards/right_bitmap.h"

namespace {

using namespace daxlab;

class FirstFitLiesAboutSpace final : public RightBitmap {
 public:
  FirstFitLiesAboutSpace(Host& host, const OptionValues&) : RightBitmap(host) {}

  FreeSpace free_space() const noexcept override {
    const uint64_t blocks = geometry_.end_block - geometry_.first_block;
    return {blocks, blocks};
  }
};

}  // namespace

DAXLAB_ALLOC_PLUGIN(first_fit_lies_about_space, FirstFitLiesAboutSpace,
                    "wrong: free_space never changes", no_options, PluginFlags::signal_safe);
