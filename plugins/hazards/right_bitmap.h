// An allocator as it should be, in its simplest form: first fit with a byte for each block. The
// wrong ones here differ from it in one thing.
#pragma once

#include <algorithm>
#include <cstdint>

#include "daxlab/alloc.h"

namespace daxlab {

class RightBitmap : public Allocator {
 public:
  explicit RightBitmap(Host& host) : host_(host) {}

  Status init(Geometry geometry) noexcept override {
    geometry_ = geometry;
    free_blocks_ = geometry.end_block - geometry.first_block;
    used_ = static_cast<bool*>(host_.arena(geometry.end_block));  // zeroed: all free
    return used_ == nullptr ? ErrorCode::no_memory : ErrorCode::ok;
  }
  Status mark_used(Extent extent) noexcept override {
    set_used(extent, true);
    return {};
  }
  Result<Extent> allocate(const AllocationRequest& request) noexcept override {
    host_.lock(lock_);
    const Extent found = find(request);
    set_used(found, true);
    host_.unlock(lock_);
    if (found.is_hole()) return ErrorCode::no_space;
    return found;
  }
  void free(Extent extent) noexcept override {
    host_.lock(lock_);
    set_used(extent, false);
    host_.unlock(lock_);
  }
  FreeSpace free_space() const noexcept override {
    host_.lock(lock_);
    FreeSpace space{free_blocks_, 0};
    for (uint64_t block = geometry_.first_block, run = 0; block < geometry_.end_block; ++block) {
      run = used_[block] ? 0 : run + 1;
      space.largest_extent_blocks = std::max(space.largest_extent_blocks, run);
    }
    host_.unlock(lock_);
    return space;
  }

 protected:
  ~RightBitmap() = default;

  // The first run of min to max free blocks; a hole when there is none.
  Extent find(const AllocationRequest& request) const {
    for (uint64_t block = geometry_.first_block, run = 0; block < geometry_.end_block; ++block) {
      run = used_[block] ? 0 : run + 1;
      const bool ends = block + 1 == geometry_.end_block || used_[block + 1];
      if (run == request.max_blocks || (ends && run >= request.min_blocks)) {
        return {block + 1 - run, run};
      }
    }
    return {};
  }
  void set_used(Extent extent, bool used) {
    for (uint64_t block = extent.block; block < extent.end(); ++block) used_[block] = used;
    free_blocks_ += used ? uint64_t{0} - extent.blocks : extent.blocks;
  }

  Host& host_;
  Geometry geometry_{};
  bool* used_ = nullptr;
  uint64_t free_blocks_ = 0;
  mutable uint32_t lock_ = 0;
};

}  // namespace daxlab
