// The region in equal parts, each with a lock of its own; a thread takes blocks from its part (by
// Host::shard), and from another one when its own has no run that is long enough. The name is that
// of the lists of NOVA and WineFS; here a thread's number stands for its CPU.
//
// Cost: a search reads a bit for each block of the thread's part until it has a run; parts that are
// known to have none that long are passed over without their lock. Threads with parts of their own
// do not wait for each other. Fragmentation: first fit in every part, from the goal on. A run
// across the border of two parts is found only when no part alone has min_blocks in a row, by a
// search with all locks held. Alignment: honoured where a whole aligned run is free within a part;
// parts begin at multiples of 512 blocks. free_space holds all locks: exact when nobody is inside.
// Signal-safe.
#include <algorithm>
#include <atomic>
#include <cstdint>

#include "daxlab/alloc.h"
#include "plugins/alloc/free_map.h"
#include "plugins/alloc/lock_guard.h"

namespace daxlab {
namespace {

constexpr uint64_t most_shards = 64;
constexpr uint64_t shard_unit_blocks = 512;  // no two parts share a word of the map

constexpr Option options[] = {
    integer_option("shards", OptionUnit::none, 8, 1, most_shards,
                   "parts of the region, at most one for each 512 blocks"),
};

struct alignas(64) Shard {
  uint32_t lock = 0;
  uint64_t first = 0;
  uint64_t end = 0;
  uint64_t free_blocks = 0;
  // No run is longer: exact after a search, more after a free nearby. Read without the lock, as a
  // hint.
  std::atomic<uint64_t> longest_at_most{0};
};

class PerCpu final : public Allocator {
 public:
  PerCpu(Host& host, const OptionValues& values) : host_(host), wanted_shards_(values[0]) {}

  Status init(Geometry geometry) noexcept override;
  Status mark_used(Extent extent) noexcept override;
  Result<Extent> allocate(const AllocationRequest& request) noexcept override;
  void free(Extent extent) noexcept override;
  FreeSpace free_space() const noexcept override;

 private:
  uint64_t shard_of(uint64_t block) const;
  // All of these: a hole when there is no such run.
  Extent take_goal(const AllocationRequest& request);
  Extent take_from(Shard& shard, const AllocationRequest& request, uint64_t at_least);
  Extent search(Shard& shard, const AllocationRequest& request) const;
  Extent take_across_shards(const AllocationRequest& request);
  template <class Visit>
  void for_each_part(Extent extent, Visit visit);
  void lock_all() const;
  void unlock_all() const;

  Host& host_;
  const uint64_t wanted_shards_;
  FreeMap map_;
  uint64_t count_ = 0;
  uint64_t shard_blocks_ = 0;  // of each but the last
  mutable Shard shards_[most_shards];
};

Status PerCpu::init(Geometry geometry) noexcept {
  if (!map_.init(host_, geometry)) return ErrorCode::no_memory;
  const uint64_t units = (map_.end() + shard_unit_blocks - 1) / shard_unit_blocks;
  const uint64_t first_unit = map_.first() / shard_unit_blocks;
  const uint64_t each = (units - first_unit + wanted_shards_ - 1) / wanted_shards_;
  shard_blocks_ = each * shard_unit_blocks;
  const uint64_t base = first_unit * shard_unit_blocks;
  for (uint64_t start = base; start < map_.end(); start += shard_blocks_) {
    Shard& shard = shards_[count_++];
    shard.first = std::max(start, map_.first());
    shard.end = std::min(start + shard_blocks_, map_.end());
    shard.free_blocks = shard.end - shard.first;
    shard.longest_at_most.store(shard.free_blocks, std::memory_order_relaxed);
  }
  return {};
}

uint64_t PerCpu::shard_of(uint64_t block) const {
  const uint64_t base = map_.first() / shard_unit_blocks * shard_unit_blocks;
  return (block - base) / shard_blocks_;
}

// Calls visit(shard, part of the extent in it), in order.
template <class Visit>
void PerCpu::for_each_part(Extent extent, Visit visit) {
  while (extent.blocks > 0) {
    Shard& shard = shards_[shard_of(extent.block)];
    const uint64_t blocks = std::min(extent.blocks, shard.end - extent.block);
    visit(shard, Extent{extent.block, blocks});
    extent = {extent.block + blocks, extent.blocks - blocks};
  }
}

Status PerCpu::mark_used(Extent extent) noexcept {
  for_each_part(extent, [this](Shard& shard, Extent part) {
    LockGuard guard(host_, shard.lock);
    map_.set(part, false);
    shard.free_blocks -= part.blocks;
  });
  return {};
}

void PerCpu::free(Extent extent) noexcept {
  for_each_part(extent, [this](Shard& shard, Extent part) {
    LockGuard guard(host_, shard.lock);
    map_.set(part, true);
    shard.free_blocks += part.blocks;
    const uint64_t run =
        map_.next(false, part.end(), shard.end) - map_.start_of_run(part.block, shard.first);
    if (run > shard.longest_at_most.load(std::memory_order_relaxed)) {
      shard.longest_at_most.store(run, std::memory_order_relaxed);
    }
  });
}

// From the goal to the part's end, then from its first block on.
Extent PerCpu::search(Shard& shard, const AllocationRequest& request) const {
  const bool has_goal = request.goal_block >= shard.first && request.goal_block < shard.end;
  const uint64_t goal = has_goal ? request.goal_block : shard.first;
  Extent longest;
  for (const uint64_t alignment : {request.alignment_blocks, uint64_t{1}}) {
    longest = map_.find_run(goal, shard.end, shard.end, request.max_blocks, alignment);
    if (longest.blocks == request.max_blocks) return longest;
    if (goal == shard.first) continue;
    const Extent before =
        map_.find_run(shard.first, goal, shard.end, request.max_blocks, alignment);
    if (before.blocks > longest.blocks) longest = before;
    if (longest.blocks == request.max_blocks) return longest;
  }
  // All of the part was seen, with no alignment in the way.
  shard.longest_at_most.store(longest.blocks, std::memory_order_relaxed);
  return longest;
}

Extent PerCpu::take_from(Shard& shard, const AllocationRequest& request, uint64_t at_least) {
  if (shard.longest_at_most.load(std::memory_order_relaxed) < at_least) return {};
  LockGuard guard(host_, shard.lock);
  if (shard.longest_at_most.load(std::memory_order_relaxed) < at_least) return {};
  const Extent found = search(shard, request);
  if (found.blocks < at_least) return {};
  map_.set(found, false);
  shard.free_blocks -= found.blocks;
  return found;
}

// What goes on where the last extent ended needs no mapping of its own, however short it is.
Extent PerCpu::take_goal(const AllocationRequest& request) {
  if (request.goal_block < map_.first() || request.goal_block >= map_.end()) return {};
  Shard& shard = shards_[shard_of(request.goal_block)];
  LockGuard guard(host_, shard.lock);
  const uint64_t blocks = map_.next(false, request.goal_block,
                                    std::min(shard.end, request.goal_block + request.max_blocks)) -
                          request.goal_block;
  const bool whole = blocks == request.max_blocks;
  const bool aligned = request.goal_block % request.alignment_blocks == 0;
  if (blocks < request.min_blocks || !(request.alignment_blocks == 1 || (whole && aligned))) {
    return {};
  }
  const Extent found{request.goal_block, blocks};
  map_.set(found, false);
  shard.free_blocks -= found.blocks;
  return found;
}

Result<Extent> PerCpu::allocate(const AllocationRequest& asked) noexcept {
  AllocationRequest request = asked;
  request.max_blocks = std::min(asked.max_blocks, std::max(asked.min_blocks, map_.blocks()));
  if (Extent found = take_goal(request); !found.is_hole()) return found;
  const uint64_t own = host_.shard() % count_;
  for (const uint64_t at_least : {request.max_blocks, request.min_blocks}) {
    for (uint64_t i = 0; i < count_; ++i) {
      Extent found = take_from(shards_[(own + i) % count_], request, at_least);
      if (!found.is_hole()) return found;
    }
  }
  Extent found = take_across_shards(request);
  if (found.is_hole()) return ErrorCode::no_space;
  return found;
}

// With all locks: also finds what was freed in one part while another was searched.
Extent PerCpu::take_across_shards(const AllocationRequest& request) {
  lock_all();
  Extent found = map_.find_run(map_.first(), map_.end(), map_.end(), request.max_blocks, 1);
  if (found.blocks < request.min_blocks) found = {};
  if (!found.is_hole()) map_.set(found, false);
  for_each_part(found, [](Shard& shard, Extent part) { shard.free_blocks -= part.blocks; });
  unlock_all();
  return found;
}

FreeSpace PerCpu::free_space() const noexcept {
  FreeSpace space{0, 0};
  lock_all();
  for (uint64_t i = 0; i < count_; ++i) space.free_blocks += shards_[i].free_blocks;
  space.largest_extent_blocks =
      map_.find_run(map_.first(), map_.end(), map_.end(), map_.blocks(), 1).blocks;
  unlock_all();
  return space;
}

void PerCpu::lock_all() const {
  for (uint64_t i = 0; i < count_; ++i) host_.lock(shards_[i].lock);
}
void PerCpu::unlock_all() const {
  for (uint64_t i = count_; i > 0; --i) host_.unlock(shards_[i - 1].lock);
}

}  // namespace
}  // namespace daxlab

DAXLAB_ALLOC_PLUGIN(per_cpu, daxlab::PerCpu,
                    "the region in parts: a thread takes from its own, then from others",
                    daxlab::options, daxlab::PluginFlags::signal_safe);
