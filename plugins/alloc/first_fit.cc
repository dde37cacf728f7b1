// The first run of free blocks that is long enough, in a bitmap; from the goal on if there is one.
//
// Cost: a search reads a bit for each block until it has a run, of the whole region in the worst
// case; one lock for all. Fragmentation: what is left in front is filled again and again, so it
// crumbles, and large runs stay at the end. Alignment: honoured where a whole aligned run is free.
// Signal-safe.
#include <algorithm>
#include <cstdint>

#include "daxlab/alloc.h"
#include "plugins/alloc/free_map.h"
#include "plugins/alloc/lock_guard.h"

namespace daxlab {
namespace {

class FirstFit final : public Allocator {
 public:
  FirstFit(Host& host, const OptionValues&) : host_(host) {}

  Status init(Geometry geometry) noexcept override;
  Status mark_used(Extent extent) noexcept override;
  Result<Extent> allocate(const AllocationRequest& request) noexcept override;
  void free(Extent extent) noexcept override;
  FreeSpace free_space() const noexcept override;

 private:
  Extent search(uint64_t goal, const AllocationRequest& request, uint64_t alignment_blocks) const;
  void set_free(Extent extent, bool free);

  Host& host_;
  mutable uint32_t lock_ = 0;
  FreeMap map_;
  uint64_t next_free_ = 0;  // no block before it is free
  uint64_t free_blocks_ = 0;
};

Status FirstFit::init(Geometry geometry) noexcept {
  if (!map_.init(host_, geometry)) return ErrorCode::no_memory;
  next_free_ = map_.first();
  free_blocks_ = map_.blocks();
  return {};
}

Status FirstFit::mark_used(Extent extent) noexcept {
  LockGuard guard(host_, lock_);
  set_free(extent, false);
  return {};
}

void FirstFit::set_free(Extent extent, bool free) {
  map_.set(extent, free);
  if (free) {
    free_blocks_ += extent.blocks;
    next_free_ = std::min(next_free_, extent.block);
  } else {
    free_blocks_ -= extent.blocks;
    if (next_free_ >= extent.block && next_free_ < extent.end()) next_free_ = extent.end();
  }
}

// From the goal to the end; then from the first block on, where a run may reach beyond the goal.
Extent FirstFit::search(uint64_t goal, const AllocationRequest& request,
                        uint64_t alignment_blocks) const {
  const uint64_t end = map_.end();
  Extent longest = map_.find_run(goal, end, end, request.max_blocks, alignment_blocks);
  if (longest.blocks == request.max_blocks || goal <= next_free_) return longest;
  Extent before_goal = map_.find_run(next_free_, goal, end, request.max_blocks, alignment_blocks);
  return before_goal.blocks > longest.blocks ? before_goal : longest;
}

Result<Extent> FirstFit::allocate(const AllocationRequest& asked) noexcept {
  LockGuard guard(host_, lock_);
  AllocationRequest request = asked;
  request.max_blocks = std::min(asked.max_blocks, std::max(asked.min_blocks, map_.blocks()));
  if (free_blocks_ < request.min_blocks) return ErrorCode::no_space;
  uint64_t goal =
      request.goal_block < map_.end() ? std::max(request.goal_block, next_free_) : next_free_;
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
  return {free_blocks_, map_.find_run(next_free_, map_.end(), map_.end(), map_.blocks(), 1).blocks};
}

}  // namespace
}  // namespace daxlab

DAXLAB_ALLOC_PLUGIN(first_fit, daxlab::FirstFit, "first run of free blocks that is long enough",
                    daxlab::no_options, daxlab::PluginFlags::signal_safe);
