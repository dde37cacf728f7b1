// An allocator that keeps its free runs in a list, done right but for one step that is left to
// those who are wrong: what becomes of the run to the right when a freed one is merged.
#pragma once

#include <algorithm>
#include <cstdint>

#include "daxlab/alloc.h"

namespace daxlab {

class FreeRuns : public Allocator {
 public:
  explicit FreeRuns(Host& host) : host_(host) {}

  Status init(Geometry geometry) noexcept override {
    const uint64_t blocks = geometry.end_block - geometry.first_block;
    // No two runs are neighbours, so there are never more; a hazard's list may grow beyond.
    most_runs_ = 4 * blocks + 4;
    runs_ = static_cast<Extent*>(host_.arena(most_runs_ * sizeof(Extent)));
    if (runs_ == nullptr) return ErrorCode::no_memory;
    add({geometry.first_block, blocks});
    return {};
  }
  Status mark_used(Extent extent) noexcept override {
    for (uint64_t i = 0; i < count_; ++i) {
      const Extent run = runs_[i];
      if (extent.block < run.block || extent.end() > run.end()) continue;
      remove(i);
      add({run.block, extent.block - run.block});
      add({extent.end(), run.end() - extent.end()});
      return {};
    }
    return ErrorCode::invalid_argument;
  }
  Result<Extent> allocate(const AllocationRequest& request) noexcept override {
    host_.lock(lock_);
    Extent found;
    for (uint64_t i = 0; i < count_ && found.is_hole(); ++i) {
      if (runs_[i].blocks < request.min_blocks) continue;
      const Extent run = runs_[i];
      found = {run.block, std::min(run.blocks, request.max_blocks)};
      remove(i);
      add({found.end(), run.blocks - found.blocks});
    }
    host_.unlock(lock_);
    if (found.is_hole()) return ErrorCode::no_space;
    return found;
  }
  void free(Extent extent) noexcept override {
    host_.lock(lock_);
    const uint64_t left = run_that([&](Extent run) { return run.end() == extent.block; });
    if (left < count_) {
      extent = {runs_[left].block, runs_[left].blocks + extent.blocks};
      remove(left);
    }
    const uint64_t right = run_that([&](Extent run) { return run.block == extent.end(); });
    if (right < count_) extent = merged_with(right, extent);
    add(extent);
    host_.unlock(lock_);
  }
  FreeSpace free_space() const noexcept override {
    FreeSpace space{0, 0};
    host_.lock(lock_);
    for (uint64_t i = 0; i < count_; ++i) {
      space.free_blocks += runs_[i].blocks;
      space.largest_extent_blocks = std::max(space.largest_extent_blocks, runs_[i].blocks);
    }
    host_.unlock(lock_);
    return space;
  }

 protected:
  ~FreeRuns() = default;

  // `extent` with runs_[right], which begins where it ends. Right would be to take that run out of
  // the list and to add its blocks.
  virtual Extent merged_with(uint64_t right, Extent extent) = 0;

  void remove(uint64_t i) { runs_[i] = runs_[--count_]; }
  void add(Extent run) {
    if (run.blocks > 0 && count_ < most_runs_) runs_[count_++] = run;
  }

  Extent* runs_ = nullptr;

 private:
  template <class Is>
  uint64_t run_that(Is is) const {
    return static_cast<uint64_t>(std::find_if(runs_, runs_ + count_, is) - runs_);
  }

  Host& host_;
  uint64_t count_ = 0;
  uint64_t most_runs_ = 0;
  mutable uint32_t lock_ = 0;
};

}  // namespace daxlab
