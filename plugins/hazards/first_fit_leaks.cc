// WRONG: first_fit that forgets every third free: the blocks belong to nobody until the next open.
// Linux's ext4 lost clusters when holes were punched under load (commit 7bd75230b437).
#include "plugins/hazards/right_bitmap.h"

namespace {

using namespace daxlab;

class FirstFitLeaks final : public RightBitmap {
 public:
  FirstFitLeaks(Host& host, const OptionValues&) : RightBitmap(host) {}

  void free(Extent extent) noexcept override {
    host_.lock(lock_);
    const bool forgotten = ++frees_ % 3 == 0;
    host_.unlock(lock_);
    if (!forgotten) RightBitmap::free(extent);
  }

 private:
  uint64_t frees_ = 0;
};

}  // namespace

DAXLAB_ALLOC_PLUGIN(first_fit_leaks, FirstFitLeaks, "wrong: every third free is forgotten",
                    no_options, PluginFlags::signal_safe);
