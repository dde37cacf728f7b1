// WRONG: first_fit with two std::mutex that allocate takes in one order and free in the other: two
// threads may wait for each other for ever. See Linux commit 0f90cc6609c7 (2015) for what that did
// to DAX.
#include <mutex>

#include "plugins/hazards/right_bitmap.h"

namespace {

using namespace daxlab;

class FirstFitLocksInTwoOrders final : public RightBitmap {
 public:
  FirstFitLocksInTwoOrders(Host& host, const OptionValues&) : RightBitmap(host) {}

  Result<Extent> allocate(const AllocationRequest& request) noexcept override {
    const std::lock_guard map(map_mutex_);
    const std::lock_guard count(count_mutex_);
    return RightBitmap::allocate(request);
  }
  void free(Extent extent) noexcept override {
    const std::lock_guard count(count_mutex_);
    const std::lock_guard map(map_mutex_);
    RightBitmap::free(extent);
  }

 private:
  std::mutex map_mutex_;
  std::mutex count_mutex_;
};

}  // namespace

DAXLAB_ALLOC_PLUGIN(first_fit_locks_in_two_orders, FirstFitLocksInTwoOrders,
                    "wrong: two mutexes are taken in two orders", no_options, PluginFlags::none);
