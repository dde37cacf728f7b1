// WRONG: first_fit that, once it was full, says no_space whatever is freed. ENOSPC while space is
// free is an old complaint: ext4 gave it when many small files were made (Linux commit
// c8afb44682fc), XFS when free space was fragmented (6d8a45ce29c7).
#include <atomic>

#include "plugins/hazards/right_bitmap.h"

namespace {

using namespace daxlab;

class FirstFitFullForEver final : public RightBitmap {
 public:
  FirstFitFullForEver(Host& host, const OptionValues&) : RightBitmap(host) {}

  Result<Extent> allocate(const AllocationRequest& request) noexcept override {
    if (full_.load()) return ErrorCode::no_space;
    const Result<Extent> found = RightBitmap::allocate(request);
    if (!found.ok()) full_.store(true);
    return found;
  }

 private:
  std::atomic<bool> full_ = false;
};

}  // namespace

DAXLAB_ALLOC_PLUGIN(first_fit_full_for_ever, FirstFitFullForEver,
                    "wrong: no_space for ever once it was full", no_options,
                    PluginFlags::signal_safe);
