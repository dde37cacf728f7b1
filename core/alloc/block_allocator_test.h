// A right allocator and one that lies, and a guard before them.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <deque>
#include <map>
#include <mutex>
#include <random>
#include <string>
#include <thread>

#include "core/alloc/block_allocator.h"

namespace daxlab {

// A correct allocator with malloc and std::mutex inside: runs of free blocks by their start.
class RunAllocator : public Allocator {
 public:
  Status init(Geometry geometry) noexcept override {
    runs_[geometry.first_block] = geometry.end_block - geometry.first_block;
    return {};
  }
  Status mark_used(Extent extent) noexcept override {
    auto run = std::prev(runs_.upper_bound(extent.block));
    auto [start, blocks] = *run;
    runs_.erase(run);
    if (start < extent.block) runs_[start] = extent.block - start;
    if (extent.end() < start + blocks) runs_[extent.end()] = start + blocks - extent.end();
    return {};
  }
  Result<Extent> allocate(const AllocationRequest& request) noexcept override {
    std::lock_guard guard(mutex_);
    for (auto run = runs_.begin(); run != runs_.end(); ++run) {
      auto [start, blocks] = *run;
      if (blocks < request.min_blocks) continue;
      uint64_t taken = std::min(blocks, request.max_blocks);
      runs_.erase(run);
      if (taken < blocks) runs_[start + taken] = blocks - taken;
      return Extent{start, taken};
    }
    return ErrorCode::no_space;
  }
  void free(Extent extent) noexcept override {
    std::lock_guard guard(mutex_);
    auto after = runs_.lower_bound(extent.block);
    if (after != runs_.end() && after->first == extent.end()) {
      extent.blocks += after->second;
      after = runs_.erase(after);
    }
    if (after != runs_.begin() &&
        std::prev(after)->first + std::prev(after)->second == extent.block) {
      std::prev(after)->second += extent.blocks;
    } else {
      runs_[extent.block] = extent.blocks;
    }
  }
  uint64_t reserved_blocks = 0;  // that it says it has
  FreeSpace free_space() const noexcept override {
    std::lock_guard guard(mutex_);
    FreeSpace space{0, 0, reserved_blocks};
    for (auto [start, blocks] : runs_) {
      space.free_blocks += blocks;
      space.largest_extent_blocks = std::max(space.largest_extent_blocks, blocks);
    }
    return space;
  }

 private:
  mutable std::mutex mutex_;
  std::map<uint64_t, uint64_t> runs_;
};

// Right until it is told what to answer next.
class LyingAllocator : public RunAllocator {
 public:
  Result<Extent> allocate(const AllocationRequest& request) noexcept override {
    if (lies_.empty()) return RunAllocator::allocate(request);
    Result<Extent> lie = lies_.front();
    lies_.pop_front();
    return lie;
  }
  void lie(Result<Extent> answer) { lies_.push_back(answer); }

 private:
  std::deque<Result<Extent>> lies_;
};

class BlockAllocatorTest : public testing::Test {
 protected:
  static constexpr uint64_t blocks = 512, first = 5, end = blocks - 1;
  static constexpr uint64_t total = end - first;
  Counters counters_;
  CallLog calls_;
  FailureLog failures_;
  std::unique_ptr<Region> region_ = Region::create_memfd(blocks * block_bytes, counters_).take();

  std::unique_ptr<BlockAllocator> open(Allocator& plugin, bool signal_safe,
                                       const std::vector<Extent>& used = {}) {
    return BlockAllocator::open(plugin, signal_safe, *region_, used, counters_, calls_, failures_)
        .take();
  }
  std::string refusal(Allocator& plugin, const std::vector<Extent>& used) {
    auto opened = BlockAllocator::open(plugin, true, *region_, used, counters_, calls_, failures_);
    return opened.ok() ? "no refusal" : opened.error().message;
  }
};

}  // namespace daxlab
