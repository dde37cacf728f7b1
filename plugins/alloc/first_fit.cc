// The first run of free blocks that is long enough, in a bitmap; from the goal on if there is one.
#include <algorithm>
#include <bit>
#include <cstdint>

#include "daxlab/alloc.h"

namespace daxlab {
namespace {

constexpr uint64_t bits = 64;

class LockGuard {
 public:
  LockGuard(Host& host, uint32_t& word) : host_(host), word_(word) { host_.lock(word_); }
  ~LockGuard() { host_.unlock(word_); }
  LockGuard(const LockGuard&) = delete;
  LockGuard& operator=(const LockGuard&) = delete;

 private:
  Host& host_;
  uint32_t& word_;
};

class FirstFit final : public Allocator {
 public:
  FirstFit(Host& host, const OptionValues&) : host_(host) {}

  Status init(Geometry geometry) noexcept override;
  Status mark_used(Extent extent) noexcept override;
  Result<Extent> allocate(const AllocationRequest& request) noexcept override;
  void free(Extent extent) noexcept override;
  FreeSpace free_space() const noexcept override;

 private:
  // First block from `from` on that is free (or used), `end` when there is none before it.
  uint64_t next(bool free, uint64_t from, uint64_t end) const;
  // A run that begins in [from, before): the first of max_blocks, from a multiple of the alignment
  // on; else the longest.
  Extent find_run(uint64_t from, uint64_t before, uint64_t max_blocks,
                  uint64_t alignment_blocks) const;
  Extent search(uint64_t goal, const AllocationRequest& request, uint64_t alignment_blocks) const;
  void set_free(Extent extent, bool free);

  Host& host_;
  mutable uint32_t lock_ = 0;
  uint64_t* free_map_ = nullptr;  // a bit for each block, set when it is free
  uint64_t first_ = 0;
  uint64_t end_ = 0;
  uint64_t next_free_ = 0;  // no block before it is free
  uint64_t free_blocks_ = 0;
};

Status FirstFit::init(Geometry geometry) noexcept {
  first_ = geometry.first_block;
  end_ = geometry.end_block;
  free_map_ = static_cast<uint64_t*>(host_.arena((end_ + bits - 1) / bits * sizeof(uint64_t)));
  if (free_map_ == nullptr) return ErrorCode::no_memory;
  next_free_ = first_;
  set_free({first_, end_ - first_}, true);
  return {};
}

Status FirstFit::mark_used(Extent extent) noexcept {
  LockGuard guard(host_, lock_);
  set_free(extent, false);
  return {};
}

void FirstFit::set_free(Extent extent, bool free) {
  for (uint64_t block = extent.block; block < extent.end();) {
    uint64_t shift = block % bits;
    uint64_t count = std::min(bits - shift, extent.end() - block);
    uint64_t mask = (~uint64_t{0} >> (bits - count)) << shift;
    uint64_t& word = free_map_[block / bits];
    word = free ? word | mask : word & ~mask;
    block += count;
  }
  if (free) {
    free_blocks_ += extent.blocks;
    next_free_ = std::min(next_free_, extent.block);
  } else {
    free_blocks_ -= extent.blocks;
    if (next_free_ >= extent.block && next_free_ < extent.end()) next_free_ = extent.end();
  }
}

uint64_t FirstFit::next(bool free, uint64_t from, uint64_t end) const {
  uint64_t flip = free ? 0 : ~uint64_t{0};
  for (uint64_t block = from; block < end; block = (block / bits + 1) * bits) {
    uint64_t wanted = (free_map_[block / bits] ^ flip) >> (block % bits);
    if (wanted != 0) return std::min(block + static_cast<uint64_t>(std::countr_zero(wanted)), end);
  }
  return end;
}

Extent FirstFit::find_run(uint64_t from, uint64_t before, uint64_t max_blocks,
                          uint64_t alignment_blocks) const {
  Extent longest;
  for (uint64_t at = next(true, from, before); at < before; at = next(true, at, before)) {
    uint64_t start = (at + alignment_blocks - 1) / alignment_blocks * alignment_blocks;
    uint64_t end = next(false, at, std::min(end_, start + max_blocks));
    if (end > start && end - start > longest.blocks) longest = {start, end - start};
    if (longest.blocks == max_blocks) return longest;
    at = end;
  }
  return longest;
}

// From the goal to the end; then from the first block on, where a run may reach beyond the goal.
Extent FirstFit::search(uint64_t goal, const AllocationRequest& request,
                        uint64_t alignment_blocks) const {
  Extent longest = find_run(goal, end_, request.max_blocks, alignment_blocks);
  if (longest.blocks == request.max_blocks || goal <= next_free_) return longest;
  Extent before_goal = find_run(next_free_, goal, request.max_blocks, alignment_blocks);
  return before_goal.blocks > longest.blocks ? before_goal : longest;
}

Result<Extent> FirstFit::allocate(const AllocationRequest& asked) noexcept {
  LockGuard guard(host_, lock_);
  AllocationRequest request = asked;
  request.max_blocks = std::min(asked.max_blocks, std::max(asked.min_blocks, end_ - first_));
  if (free_blocks_ < request.min_blocks) return ErrorCode::no_space;
  uint64_t goal = request.goal_block < end_ ? std::max(request.goal_block, next_free_) : next_free_;
  // The alignment is a wish: only a whole aligned run is worth more than the longest one.
  Extent run;
  if (request.alignment_blocks > 1) run = search(goal, request, request.alignment_blocks);
  if (run.blocks < request.max_blocks) run = search(goal, request, 1);
  if (run.blocks < request.min_blocks) return ErrorCode::no_space;
  set_free(run, false);
  return run;
}

void FirstFit::free(Extent extent) noexcept {
  LockGuard guard(host_, lock_);
  set_free(extent, true);
}

FreeSpace FirstFit::free_space() const noexcept {
  LockGuard guard(host_, lock_);
  return {free_blocks_, find_run(next_free_, end_, end_ - first_, 1).blocks};
}

}  // namespace
}  // namespace daxlab

DAXLAB_ALLOC_PLUGIN(first_fit, daxlab::FirstFit, "first run of free blocks that is long enough",
                    daxlab::no_options, daxlab::PluginFlags::signal_safe);
