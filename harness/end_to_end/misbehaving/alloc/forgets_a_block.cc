// Hands out blocks in order, each once, and forgets every eighth that is given back.
#include "daxlab/alloc.h"

namespace {

using namespace daxlab;

class ForgetsABlock final : public Allocator {
 public:
  ForgetsABlock(Host& host, const OptionValues&) : host_(host) {}

  Status init(Geometry geometry) noexcept override {
    geometry_ = geometry;
    used_ = static_cast<bool*>(host_.arena(geometry.end_block));
    free_blocks_ = geometry.end_block - geometry.first_block;
    return used_ == nullptr ? ErrorCode::no_memory : ErrorCode::ok;
  }
  Status mark_used(Extent extent) noexcept override {
    for (uint64_t block = extent.block; block < extent.end(); ++block) used_[block] = true;
    free_blocks_ -= extent.blocks;
    return {};
  }
  Result<Extent> allocate(const AllocationRequest& request) noexcept override {
    Extent found;
    host_.lock(lock_);
    for (uint64_t block = geometry_.first_block; block < geometry_.end_block; ++block) {
      if (used_[block] || request.min_blocks > 1) continue;
      used_[block] = true;
      --free_blocks_;
      found = {block, 1};
      break;
    }
    host_.unlock(lock_);
    if (found.is_hole()) return ErrorCode::no_space;
    return found;
  }
  void free(Extent extent) noexcept override {
    host_.lock(lock_);
    for (uint64_t block = extent.block; block < extent.end(); ++block) {
      if (++freed_ % 8 == 0) continue;
      used_[block] = false;
      ++free_blocks_;
    }
    host_.unlock(lock_);
  }
  FreeSpace free_space() const noexcept override {
    host_.lock(lock_);
    const FreeSpace space{free_blocks_, free_blocks_ == 0 ? uint64_t{0} : uint64_t{1}};
    host_.unlock(lock_);
    return space;
  }

 private:
  Host& host_;
  Geometry geometry_{};
  bool* used_ = nullptr;
  uint64_t free_blocks_ = 0;
  uint64_t freed_ = 0;
  mutable uint32_t lock_ = 0;
};

}  // namespace

DAXLAB_ALLOC_PLUGIN(forgets_a_block, ForgetsABlock, "wrong: loses every eighth freed block",
                    no_options, PluginFlags::signal_safe);
