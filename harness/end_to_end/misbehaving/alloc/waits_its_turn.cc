// Right, and blocks with all that the C++ library has: one thread searches at a time, the others
// wait on a condition variable; who counts what is free reads beside others that count. Gives way
// inside of each, where a wrong lock would let somebody in.
#include <condition_variable>
#include <mutex>
#include <new>
#include <shared_mutex>
#include <vector>

#include "daxlab/alloc.h"

namespace {

using namespace daxlab;

class WaitsItsTurn final : public Allocator {
 public:
  WaitsItsTurn(Host& host, const OptionValues&) : host_(host) {}

  Status init(Geometry geometry) noexcept override try {
    used_.assign(geometry.end_block, false);
    first_block_ = geometry.first_block;
    return {};
  } catch (const std::bad_alloc&) {
    return ErrorCode::no_memory;
  }

  Status mark_used(Extent extent) noexcept override {
    mark(extent, true);
    return {};
  }

  Result<Extent> allocate(const AllocationRequest& request) noexcept override {
    begin();
    const Extent found = search(request);
    if (found.blocks > 0) mark(found, true);
    end();
    if (found.blocks == 0) return ErrorCode::no_space;
    return found;
  }

  void free(Extent extent) noexcept override {
    begin();
    mark(extent, false);
    end();
  }

  FreeSpace free_space() const noexcept override {
    const std::shared_lock guard(map_lock_);
    uint64_t free_blocks = 0, run = 0, largest = 0;
    for (uint64_t block = first_block_; block < used_.size(); ++block) {
      run = used_[block] ? 0 : run + 1;
      largest = run > largest ? run : largest;
      free_blocks += used_[block] ? 0 : 1;
    }
    host_.relax();
    return {free_blocks, largest};
  }

 private:
  void begin() {
    std::unique_lock guard(turn_mutex_);
    turn_ends_.wait(guard, [this] { return !is_searching_; });
    is_searching_ = true;
  }
  void end() {
    const std::lock_guard guard(turn_mutex_);
    is_searching_ = false;
    turn_ends_.notify_one();
  }

  Extent search(const AllocationRequest& request) const {
    const std::shared_lock guard(map_lock_);
    for (uint64_t block = first_block_, run = 0; block < used_.size(); ++block) {
      run = used_[block] ? 0 : run + 1;
      if (run < request.min_blocks) continue;
      Extent found{block + 1 - run, run};
      while (found.blocks < request.max_blocks && found.end() < used_.size() &&
             !used_[found.end()]) {
        ++found.blocks;
      }
      host_.relax();
      return found;
    }
    return {};
  }

  void mark(Extent extent, bool used) {
    const std::unique_lock guard(map_lock_);
    for (uint64_t i = 0; i < extent.blocks; ++i) {
      used_[extent.block + i] = used;
      if (i == 0) host_.relax();
    }
  }

  Host& host_;
  std::mutex turn_mutex_;
  std::condition_variable turn_ends_;
  bool is_searching_ = false;
  mutable std::shared_mutex map_lock_;
  std::vector<bool> used_;
  uint64_t first_block_ = 0;
};

}  // namespace

DAXLAB_ALLOC_PLUGIN(waits_its_turn, WaitsItsTurn,
                    "first fit, one search at a time behind a condition variable", no_options,
                    PluginFlags::none);
