// Keeps runs of 512 blocks that begin at a multiple of 512 whole, for those can be mapped by 2 MiB;
// in the manner of WineFS (Kadekodi et al., SOSP 2021).
//
// Requests of 512 blocks and more get whole runs, next to each other if they can. Smaller ones get
// what is free at their goal, unless it is a whole run's, else a hole: what is free of a run that
// was broken for small requests. Broken runs serve either one or two blocks at a time or more, so
// that crumbs do not end up between larger extents. The fuller ones are asked first, so that the
// emptier ones become whole again; and in turns, each for its longest hole, so that an extent has
// room to grow for a while. A run is broken only when at most a tenth of the free blocks lies
// in holes; else a request is cut to the longest hole. Runs that were given out whole and then
// freed in part are left alone while anything else is there: the rest will be freed as one.
//
// Cost: each call takes one lock, reads the bits of one run and goes up and down a tree of runs,
// O(log n); a large request reads a bit for each run of the region. One that neither runs nor holes
// can serve reads a bit for each block, and so does a large one when no run is whole (12 ms in 1
// TiB): a hole across the border of two runs can be longer than any in one. Alignment: honoured up
// to 512 blocks where it does not cost another run. Memory: a bit for each block and 32 bytes for
// each run. Signal-safe.
#include <algorithm>
#include <bit>
#include <cstdint>

#include "daxlab/alloc.h"
#include "plugins/alloc/free_map.h"
#include "plugins/alloc/lock_guard.h"

namespace daxlab {
namespace {

constexpr uint64_t run_blocks = 512;  // 2 MiB
constexpr uint64_t few_blocks = 2;
constexpr uint64_t share_in_holes = 10;  // of the free blocks: one in that many

// What a run that is not whole serves for.
enum Use : uint8_t { for_few, for_many, lent };
// Runs of one use by how many blocks are free in them, fuller ones first.
constexpr uint64_t most_free[] = {96, 192, run_blocks};
constexpr uint32_t levels = 3;
constexpr uint32_t lists = 2 * levels + 1;  // of lent runs there is one
constexpr uint32_t no_list = lists;

// The longest hole of each run, in a tree of maxima.
class HoleIndex {
 public:
  // False: the host has no memory.
  bool init(Host& host, uint64_t runs) {
    leaves_ = std::bit_ceil(runs);
    longest_ = static_cast<uint16_t*>(host.arena(2 * leaves_ * sizeof(uint16_t)));
    return longest_ != nullptr;
  }
  void set_longest_hole(uint64_t run, uint64_t blocks) {
    uint64_t node = leaves_ + run;
    if (longest_[node] == blocks) return;
    longest_[node] = static_cast<uint16_t>(blocks);
    while (node > 1) {
      node /= 2;
      const uint16_t most = std::max(longest_[2 * node], longest_[2 * node + 1]);
      if (longest_[node] == most) break;
      longest_[node] = most;
    }
  }
  // The next run from `from` on, or from the first on, with a hole of that many blocks (at least
  // 1); UINT64_MAX when there is none.
  uint64_t next(uint64_t at_least, uint64_t from) const {
    const uint64_t run = first(at_least, from);
    return run == UINT64_MAX && from > 0 ? first(at_least, 0) : run;
  }
  uint64_t longest() const { return longest_[1]; }

 private:
  uint64_t first(uint64_t at_least, uint64_t from) const {
    if (longest_[1] < at_least) return UINT64_MAX;
    uint64_t node = leaves_ + from;
    while (longest_[node] < at_least) {
      while (node % 2 == 1) {  // a right child: all that is left lies above
        node /= 2;
        if (node <= 1) return UINT64_MAX;
      }
      if (node == 1) return UINT64_MAX;
      ++node;
    }
    while (node < leaves_) node = longest_[2 * node] >= at_least ? 2 * node : 2 * node + 1;
    return node - leaves_;
  }

  uint64_t leaves_ = 0;
  uint16_t* longest_ = nullptr;
};

class HugeAligned final : public Allocator {
 public:
  HugeAligned(Host& host, const OptionValues&) : host_(host) {}

  Status init(Geometry geometry) noexcept override;
  Status mark_used(Extent extent) noexcept override;
  Result<Extent> allocate(const AllocationRequest& request) noexcept override;
  void free(Extent extent) noexcept override;
  FreeSpace free_space() const noexcept override;

 private:
  // All of these: a hole when there is none.
  Extent whole_runs(const AllocationRequest& request) const;
  Extent small(const AllocationRequest& request);
  Extent in_lists(uint32_t first, uint32_t end, const AllocationRequest& request, uint64_t blocks);
  Extent at_goal(const AllocationRequest& request) const;
  Extent in_broken_run(uint64_t blocks, Use use);
  Extent anywhere(const AllocationRequest& request) const;

  bool is_whole(uint64_t run) const {
    return run < runs_ && (whole_[run / 64] >> (run % 64) & 1) != 0;
  }
  uint64_t next_run(bool whole, uint64_t from) const;
  // `count` whole runs next to each other, from the shortest series that has them; else the
  // longest.
  Extent series_of_runs(uint64_t count) const;
  Extent longest_hole(uint64_t run) const;
  void set_free(Extent extent, bool free);
  void look_at(uint64_t run);

  Host& host_;
  mutable uint32_t lock_ = 0;
  FreeMap map_;
  HoleIndex holes_[lists];
  uint64_t turn_[2] = {};      // the run that is asked next, for few blocks and for many
  uint64_t* whole_ = nullptr;  // a bit for each run
  struct RunState {
    Use use;
    uint8_t list;  // no_list: whole, or full
    uint16_t free_blocks;
  };
  RunState* state_ = nullptr;
  uint64_t runs_ = 0;
  uint64_t whole_runs_ = 0;
  uint64_t free_blocks_ = 0;
};

Status HugeAligned::init(Geometry geometry) noexcept {
  runs_ = (geometry.end_block + run_blocks - 1) / run_blocks;
  if (runs_ >= UINT32_MAX) return ErrorCode::no_memory;
  whole_ = static_cast<uint64_t*>(host_.arena((runs_ + 63) / 64 * sizeof(uint64_t)));
  state_ = static_cast<RunState*>(host_.arena(runs_ * sizeof(RunState)));
  if (whole_ == nullptr || state_ == nullptr || !map_.init(host_, geometry)) {
    return ErrorCode::no_memory;
  }
  for (HoleIndex& holes : holes_) {
    if (!holes.init(host_, runs_)) return ErrorCode::no_memory;
  }
  free_blocks_ = map_.blocks();
  for (uint64_t run = 0; run < runs_; ++run) {
    state_[run].list = no_list;
    const uint64_t begin = std::max(run * run_blocks, map_.first());
    const uint64_t end = std::min((run + 1) * run_blocks, map_.end());
    state_[run].free_blocks = static_cast<uint16_t>(begin < end ? end - begin : 0);
    if (begin < end) look_at(run);
  }
  return {};
}

Status HugeAligned::mark_used(Extent extent) noexcept {
  LockGuard guard(host_, lock_);
  set_free(extent, false);
  return {};
}

void HugeAligned::set_free(Extent extent, bool free) {
  map_.set(extent, free);
  free_blocks_ = free ? free_blocks_ + extent.blocks : free_blocks_ - extent.blocks;
  for (uint64_t run = extent.block / run_blocks; run * run_blocks < extent.end(); ++run) {
    const uint64_t begin = std::max(extent.block, run * run_blocks);
    const uint64_t blocks = std::min(extent.end(), (run + 1) * run_blocks) - begin;
    RunState& state = state_[run];
    state.free_blocks =
        static_cast<uint16_t>(free ? state.free_blocks + blocks : state.free_blocks - blocks);
    if (blocks == run_blocks && !free) state.use = lent;
    look_at(run);
  }
}

// Enters it where it belongs now.
void HugeAligned::look_at(uint64_t run) {
  RunState& state = state_[run];
  const bool whole = state.free_blocks == run_blocks;
  if (whole != is_whole(run)) {
    whole_[run / 64] ^= uint64_t{1} << (run % 64);
    whole_runs_ = whole ? whole_runs_ + 1 : whole_runs_ - 1;
  }
  if (whole) state.use = for_many;
  uint32_t list = no_list;
  if (!whole && state.free_blocks > 0) {
    list = state.use * levels;
    if (state.use != lent) {
      while (state.free_blocks > most_free[list % levels]) ++list;
    }
  }
  if (state.list != list && state.list != no_list) holes_[state.list].set_longest_hole(run, 0);
  state.list = static_cast<uint8_t>(list);
  if (list != no_list) holes_[list].set_longest_hole(run, longest_hole(run).blocks);
}

Extent HugeAligned::longest_hole(uint64_t run) const {
  const uint64_t begin = std::max(run * run_blocks, map_.first());
  const uint64_t end = std::min((run + 1) * run_blocks, map_.end());
  return map_.find_run(begin, end, end, run_blocks, 1);
}

uint64_t HugeAligned::next_run(bool whole, uint64_t from) const {
  const uint64_t flip = whole ? 0 : ~uint64_t{0};
  for (uint64_t run = from; run < runs_; run = (run / 64 + 1) * 64) {
    const uint64_t wanted = (whole_[run / 64] ^ flip) >> (run % 64);
    if (wanted != 0) return std::min(run + static_cast<uint64_t>(std::countr_zero(wanted)), runs_);
  }
  return runs_;
}

Extent HugeAligned::series_of_runs(uint64_t count) const {
  Extent best;  // in runs
  for (uint64_t run = next_run(true, 0); run < runs_; run = next_run(true, run)) {
    const uint64_t end = next_run(false, run);
    const uint64_t length = end - run;
    const bool better =
        best.blocks < count ? length > best.blocks : length >= count && length < best.blocks;
    if (better) best = {run, length};
    if (best.blocks == count) break;
    run = end;
  }
  return {best.block * run_blocks, std::min(best.blocks, count) * run_blocks};
}

// As many as fit into what is asked for; what is left over of that is asked for again, and small.
Extent HugeAligned::whole_runs(const AllocationRequest& request) const {
  const uint64_t count = request.max_blocks / run_blocks;
  const uint64_t goal = request.goal_block / run_blocks;
  if (request.goal_block % run_blocks == 0 && is_whole(goal)) {
    const uint64_t end = std::min(next_run(false, goal), goal + count);
    return {request.goal_block, (end - goal) * run_blocks};
  }
  return series_of_runs(count);
}

// Not over the border to a whole run: a file that goes on, block by block, would break one after
// the other. But a goal in the middle of a whole run is of a file that is written in any order, and
// will fill it.
Extent HugeAligned::at_goal(const AllocationRequest& request) const {
  const uint64_t goal = request.goal_block;
  if (!map_.is_free(goal) || (is_whole(goal / run_blocks) && goal % run_blocks == 0)) return {};
  if (goal % request.alignment_blocks != 0) return {};
  uint64_t end = map_.next(false, goal, std::min(goal + request.max_blocks, map_.end()));
  const uint64_t border = (goal / run_blocks + 1) * run_blocks;
  if (end > border && is_whole(border / run_blocks)) end = border;
  return end - goal >= request.min_blocks ? Extent{goal, end - goal} : Extent{};
}

// In the lists [first, end), of which the first is asked first.
Extent HugeAligned::in_lists(uint32_t first, uint32_t end, const AllocationRequest& request,
                             uint64_t blocks) {
  uint64_t& turn = turn_[blocks > few_blocks ? 1 : 0];
  for (uint32_t list = first; list < end; ++list) {
    const uint64_t run = holes_[list].next(blocks, turn);
    if (run == UINT64_MAX) continue;
    turn = run + 1 < runs_ ? run + 1 : 0;
    const Extent hole = longest_hole(run);
    const uint64_t start = (hole.block + request.alignment_blocks - 1) / request.alignment_blocks *
                           request.alignment_blocks;
    const bool can_align = start >= hole.block && start + blocks <= hole.end();
    return {can_align ? start : hole.block, blocks};
  }
  return {};
}

Extent HugeAligned::in_broken_run(uint64_t blocks, Use use) {
  const Extent run = series_of_runs(1);
  if (run.blocks == 0) return {};
  state_[run.block / run_blocks].use = use;
  return {run.block, blocks};
}

Extent HugeAligned::small(const AllocationRequest& request) {
  if (Extent found = at_goal(request); !found.is_hole()) return found;
  // A file that goes on, block by block, is no crumb.
  const bool few = request.max_blocks <= few_blocks && request.goal_block == 0;
  const Use use = few ? for_few : for_many;
  const Use other = use == for_few ? for_many : for_few;
  const auto holes_of = [&](Use wanted, uint64_t blocks) {
    const uint32_t first = wanted * levels;
    return in_lists(first, wanted == lent ? first + 1 : first + levels, request, blocks);
  };
  uint64_t longest = 0;
  for (uint32_t list = use * levels; list < (use + 1) * levels; ++list) {
    longest = std::max(longest, holes_[list].longest());
  }
  if (longest >= request.max_blocks) return holes_of(use, request.max_blocks);
  if (free_blocks_ - whole_runs_ * run_blocks > free_blocks_ / share_in_holes) {
    Extent found = holes_of(other, request.max_blocks);
    if (found.is_hole() && longest >= request.min_blocks) found = holes_of(use, longest);
    if (!found.is_hole()) return found;
  }
  Extent found = in_broken_run(request.max_blocks, use);
  if (found.is_hole()) found = holes_of(other, request.max_blocks);
  if (found.is_hole()) found = holes_of(lent, request.max_blocks);
  if (found.is_hole() && longest >= request.min_blocks) found = holes_of(use, longest);
  return found;
}

Extent HugeAligned::anywhere(const AllocationRequest& request) const {
  return map_.find_run(map_.first(), map_.end(), map_.end(), request.max_blocks, 1);
}

Result<Extent> HugeAligned::allocate(const AllocationRequest& asked) noexcept {
  LockGuard guard(host_, lock_);
  AllocationRequest request = asked;
  request.max_blocks = std::min(asked.max_blocks, std::max(asked.min_blocks, map_.blocks()));
  if (free_blocks_ < request.min_blocks) return ErrorCode::no_space;
  Extent found = request.max_blocks >= run_blocks ? whole_runs(request) : small(request);
  if (found.blocks < request.min_blocks) found = anywhere(request);
  if (found.blocks < request.min_blocks) return ErrorCode::no_space;
  set_free(found, false);
  return found;
}

void HugeAligned::free(Extent extent) noexcept {
  LockGuard guard(host_, lock_);
  set_free(extent, true);
}

FreeSpace HugeAligned::free_space() const noexcept {
  LockGuard guard(host_, lock_);
  return {free_blocks_,
          map_.find_run(map_.first(), map_.end(), map_.end(), map_.blocks(), 1).blocks};
}

}  // namespace
}  // namespace daxlab

DAXLAB_ALLOC_PLUGIN(huge_aligned, daxlab::HugeAligned,
                    "keeps aligned runs of 2 MiB whole and fills holes with small requests",
                    daxlab::no_options, daxlab::PluginFlags::signal_safe);
