// Right, but with what a fault must not touch: std::mutex and malloc. It does not declare itself
// signal_safe, so faults take blocks from a reserve.
#include <algorithm>
#include <iterator>
#include <map>
#include <mutex>
#include <new>

#include "daxlab/alloc.h"

namespace {

using namespace daxlab;

class MutexAndMalloc final : public Allocator {
 public:
  MutexAndMalloc(Host&, const OptionValues&) {}

  Status init(Geometry geometry) noexcept override try {
    const std::lock_guard guard(mutex_);
    add({geometry.first_block, geometry.end_block - geometry.first_block});
    return {};
  } catch (const std::bad_alloc&) {
    return ErrorCode::no_memory;
  }

  Status mark_used(Extent extent) noexcept override {
    const std::lock_guard guard(mutex_);
    auto run = std::prev(free_.upper_bound(extent.block));
    const Extent whole{run->first, run->second};
    free_.erase(run);
    free_blocks_ -= whole.blocks;
    if (whole.block < extent.block) add({whole.block, extent.block - whole.block});
    if (extent.end() < whole.end()) add({extent.end(), whole.end() - extent.end()});
    return {};
  }

  Result<Extent> allocate(const AllocationRequest& request) noexcept override {
    const std::lock_guard guard(mutex_);
    for (auto run = free_.begin(); run != free_.end(); ++run) {
      if (run->second < request.min_blocks) continue;
      const Extent whole{run->first, run->second};
      const Extent taken{whole.block, std::min(whole.blocks, request.max_blocks)};
      free_.erase(run);
      free_blocks_ -= whole.blocks;
      if (taken.end() < whole.end()) add({taken.end(), whole.end() - taken.end()});
      return taken;
    }
    return ErrorCode::no_space;
  }

  void free(Extent extent) noexcept override {
    const std::lock_guard guard(mutex_);
    add(extent);
  }

  FreeSpace free_space() const noexcept override {
    const std::lock_guard guard(mutex_);
    uint64_t largest = 0;
    for (const auto& [block, blocks] : free_) largest = std::max(largest, blocks);
    return {free_blocks_, largest};
  }

 private:
  void add(Extent extent) {
    free_blocks_ += extent.blocks;
    const auto next = free_.lower_bound(extent.block);
    if (next != free_.end() && next->first == extent.end()) {
      extent.blocks += next->second;
      free_.erase(next);
    }
    const auto after = free_.upper_bound(extent.block);
    if (after != free_.begin()) {
      const auto before = std::prev(after);
      if (before->first + before->second == extent.block) {
        before->second += extent.blocks;
        return;
      }
    }
    free_.emplace(extent.block, extent.blocks);
  }

  mutable std::mutex mutex_;
  std::map<uint64_t, uint64_t> free_;  // runs of free blocks, none next to another
  uint64_t free_blocks_ = 0;
};

}  // namespace

DAXLAB_ALLOC_PLUGIN(mutex_and_malloc, MutexAndMalloc, "first fit in a std::map, under a std::mutex",
                    no_options, PluginFlags::none);
