#include "core/alloc/block_allocator.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cassert>
#include <system_error>

#include "core/alloc/timed_allocator_call.h"
#include "core/sync/schedule.h"

namespace daxlab {

namespace {

constexpr uint64_t bits = 64;
constexpr uint64_t huge_run_blocks = max_fault_pages;  // 2 MiB

// Calls part(word, mask) for each word of a bitmap that has bits of the extent, in order, until
// false.
template <class Part>
void for_each_word(Extent extent, Part part) {
  for (uint64_t block = extent.block; block < extent.end();) {
    uint64_t shift = block % bits;
    uint64_t count = std::min(bits - shift, extent.end() - block);
    uint64_t mask = (~uint64_t{0} >> (bits - count)) << shift;
    if (!part(block / bits, mask)) return;
    block += count;
  }
}

}  // namespace

BlockAllocator::BlockAllocator(Allocator& allocator, const Region& region, Counters& counters,
                               CallLog& calls, FailureLog& failures)
    : allocator_(allocator),
      bad_blocks_(region.bad_blocks()),
      counters_(counters),
      calls_(calls),
      failures_(failures),
      first_block_(region.first_data_block()),
      end_block_(region.end_data_block()),
      in_use_((region.blocks() + bits - 1) / bits) {}

ErrorOr<std::unique_ptr<BlockAllocator>> BlockAllocator::open(Allocator& allocator,
                                                              bool signal_safe, Region& region,
                                                              const std::vector<Extent>& used,
                                                              Counters& counters, CallLog& calls,
                                                              FailureLog& failures) {
  std::unique_ptr<BlockAllocator> opened(
      new BlockAllocator(allocator, region, counters, calls, failures));
  if (auto error = opened->tell_used(used)) return *error;
  if (!signal_safe) {
    if (auto error = opened->start_reserve()) return *error;
  }
  return opened;
}

std::optional<Error> BlockAllocator::tell_used(const std::vector<Extent>& used) {
  Status status;
  {
    InPlugin in_plugin(calls_, PluginCallback::alloc_init);
    status = allocator_.init({first_block_, end_block_});
  }
  if (!status.ok()) {
    return Error{fmt::format("allocator: init for blocks {} to {} failed: {}", first_block_,
                             end_block_ - 1, describe(status.code()))};
  }
  for (Extent extent : used) {
    if (!inside(extent)) {
      return Error{fmt::format(
          "region: a block map holds blocks {} to {}, outside the data blocks {} to {}: the region "
          "is damaged; look at it with `daxlab region fsck`",
          extent.block, extent.end() - 1, first_block_, end_block_ - 1)};
    }
    counters_.raise(Peak::blocks, static_cast<int64_t>(extent.blocks));
    if (uint64_t taken = claim(extent); taken != 0) {
      return Error{
          fmt::format("region: block {} is in use twice: the region is damaged; look at it with "
                      "`daxlab region fsck`",
                      taken)};
    }
    {
      InPlugin in_plugin(calls_, PluginCallback::alloc_mark_used);
      status = allocator_.mark_used(extent);
    }
    if (!status.ok()) {
      return Error{fmt::format("allocator: mark_used of blocks {} to {} failed: {}", extent.block,
                               extent.end() - 1, describe(status.code()))};
    }
  }
  return std::nullopt;
}

std::optional<Error> BlockAllocator::start_reserve() {
  try {
    reserve_ = std::make_unique<FaultReserve>(
        [this](uint64_t max_blocks) {
          return ask_plugin({0, 1, max_blocks, 1});
        },
        [this](Extent extent) { give_to_plugin(extent); });
  } catch (const std::system_error& error) {
    return Error{fmt::format(
        "allocator: no thread to fill the reserve of blocks for faults: {}; lower the number of "
        "threads, or use an allocator that is signal_safe",
        error.what())};
  }
  return std::nullopt;
}

bool BlockAllocator::is_refused() noexcept {
  if (refuse_at_ == 0) [[likely]]
    return false;
  const uint64_t number = allocations_.fetch_add(1, std::memory_order_relaxed) + 1;
  return number == refuse_at_ || (refuse_from_then_on_ && number > refuse_at_);
}

Result<Extent> BlockAllocator::allocate(uint64_t goal_block, uint64_t min_blocks,
                                        uint64_t max_blocks, uint64_t alignment_blocks) {
  assert(min_blocks >= 1 && min_blocks <= max_blocks);
  if (is_refused()) return ErrorCode::no_space;
  const AllocationRequest request{goal_block, min_blocks, max_blocks, alignment_blocks};
  Result<Extent> extent = ask_plugin(request);
  if (reserve_ == nullptr || extent.code() != ErrorCode::no_space) return counted(extent);
  return counted(reserve_->with_all_returned([&] { return ask_plugin(request); }));
}

// What lies in the reserve has not been handed out.
Result<Extent> BlockAllocator::counted(Result<Extent> taken) noexcept {
  if (taken.ok()) counters_.raise(Peak::blocks, static_cast<int64_t>(taken.value().blocks));
  return taken;
}

Result<Extent> BlockAllocator::allocate_in_fault(uint64_t goal_block, uint64_t min_blocks,
                                                 uint64_t max_blocks,
                                                 uint64_t alignment_blocks) noexcept {
  assert(min_blocks >= 1 && min_blocks <= max_blocks);
  if (is_refused()) return ErrorCode::no_space;
  if (reserve_ == nullptr) {
    return counted(ask_plugin({goal_block, min_blocks, max_blocks, alignment_blocks}));
  }
  assert(min_blocks == 1);
  Result<uint64_t> block = reserve_->take();
  if (!block.ok()) return block.status();
  counters_.add(Counter::reserve_blocks);
  return counted(Extent{block.value(), 1});
}

void BlockAllocator::free(Extent extent, Where where) {
  counters_.raise(Peak::blocks, -static_cast<int64_t>(extent.blocks));
  give_to_plugin(extent, where);
}

void BlockAllocator::free_in_fault(Extent extent, Where where) noexcept {
  counters_.raise(Peak::blocks, -static_cast<int64_t>(extent.blocks));
  if (reserve_ == nullptr) return give_to_plugin(extent, where);
  for (uint64_t block = extent.block; block < extent.end(); ++block) reserve_->put_back(block);
}

// The bits go before the plugin knows, for it may hand the blocks to another thread at once.
void BlockAllocator::give_to_plugin(Extent extent, Where where) noexcept {
  in_schedule(StepKind::free, this, where, [this, extent] { give_good_blocks(extent); });
}

void BlockAllocator::give_good_blocks(Extent extent) noexcept {
  if (bad_blocks_.empty() || !inside(extent)) return give_to_plugin_at_once(extent);
  for (uint64_t block = extent.block; block < extent.end();) {
    const uint64_t bad = bad_blocks_.first_in({block, extent.end() - block});
    if (bad > block) give_to_plugin_at_once({block, bad - block});
    block = bad + 1;
  }
}

void BlockAllocator::give_to_plugin_at_once(Extent extent) noexcept {
  bool were_in_use = inside(extent) && unclaim(extent);
  // A core that is wrong on purpose may free twice.
  assert(were_in_use || schedule_of_thread() != nullptr);
  if (!were_in_use) return;  // the plugin must not hear of blocks that it holds already
  const TimedAllocatorCall timed(counters_);
  InPlugin in_plugin(calls_, PluginCallback::alloc_free);
  allocator_.free(extent);
}

FreeSpace BlockAllocator::free_space() const {
  FreeSpace space{};
  auto held_by_plugin = [&] {
    InPlugin in_plugin(calls_, PluginCallback::alloc_free_space);
    space = allocator_.free_space();
    return space.free_blocks;
  };
  const uint64_t free_blocks =
      reserve_ == nullptr ? held_by_plugin() : reserve_->total_with(held_by_plugin);
  space.free_blocks = free_blocks;
  return space;
}

bool BlockAllocator::is_free_run(uint64_t run) const noexcept {
  constexpr uint64_t words = huge_run_blocks / bits;
  for (uint64_t word = run * words; word < (run + 1) * words; ++word) {
    if (in_use_[word].load(std::memory_order_acquire) != 0) return false;
  }
  return true;
}

uint64_t BlockAllocator::free_huge_runs() const noexcept {
  uint64_t runs = 0;
  uint64_t run = (first_block_ + huge_run_blocks - 1) / huge_run_blocks;
  for (; (run + 1) * huge_run_blocks <= end_block_; ++run) {
    if (is_free_run(run)) ++runs;
  }
  return runs;
}

uint64_t BlockAllocator::goal_in_free_run(uint64_t offset_blocks) noexcept {
  // In a region that is nearly full a look at all of it would cost more than it brings.
  constexpr uint64_t most_looked_at = 1024;
  const uint64_t first = (first_block_ + huge_run_blocks - 1) / huge_run_blocks;
  const uint64_t end = end_block_ / huge_run_blocks;
  if (first >= end) return 0;
  for (uint64_t looks = std::min(end - first, most_looked_at); looks > 0; --looks) {
    const uint64_t turn = next_run_.fetch_add(1, std::memory_order_relaxed);
    const uint64_t run = first + turn % (end - first);
    if (is_free_run(run)) return run * huge_run_blocks + offset_blocks;
  }
  return 0;
}

Result<Extent> BlockAllocator::ask_plugin(const AllocationRequest& request) noexcept {
  tell_schedule(StepKind::allocate, this);
  Result<Extent> answer = ErrorCode::no_space;
  {
    const TimedAllocatorCall timed(counters_);
    InPlugin in_plugin(calls_, PluginCallback::alloc_allocate);
    answer = allocator_.allocate(request);
  }
  if (answer.code() == ErrorCode::no_space) return answer;
  if (!answer.ok()) {
    failures_.report(PluginCallback::alloc_allocate,
                     "failed with error %llu; no_space (%llu) is the only one it may give",
                     static_cast<uint64_t>(answer.code()),
                     static_cast<uint64_t>(ErrorCode::no_space));
    return ErrorCode::bad_plugin;
  }
  if (Status status = check(answer.value(), request.min_blocks, request.max_blocks); !status.ok())
    return status;
  return answer;
}

Status BlockAllocator::check(Extent answer, uint64_t min_blocks, uint64_t max_blocks) noexcept {
  constexpr auto callback = PluginCallback::alloc_allocate;
  if (answer.blocks < min_blocks) {
    failures_.report(callback, "returned %llu blocks where at least %llu were asked for",
                     answer.blocks, min_blocks);
  } else if (answer.blocks > max_blocks) {
    failures_.report(callback, "returned %llu blocks where at most %llu were asked for",
                     answer.blocks, max_blocks);
  } else if (!inside(answer)) {
    failures_.report(callback,
                     "returned block %llu and %llu more, outside the data blocks %llu to %llu",
                     answer.block, answer.blocks - 1, first_block_, end_block_ - 1);
  } else if (uint64_t taken = claim(answer); taken != 0) {
    failures_.report(callback,
                     "returned blocks %llu to %llu, of which block %llu is in use already",
                     answer.block, answer.end() - 1, taken);
  } else {
    return {};
  }
  return ErrorCode::bad_plugin;
}

bool BlockAllocator::inside(Extent extent) const noexcept {
  return extent.blocks != 0 && extent.block >= first_block_ && extent.block < end_block_ &&
         extent.blocks <= end_block_ - extent.block;
}

// 0, or a block that is in use; then nothing is claimed.
uint64_t BlockAllocator::claim(Extent extent) noexcept {
  uint64_t taken = 0;
  for_each_word(extent, [&](uint64_t word, uint64_t mask) {
    uint64_t conflict = in_use_[word].fetch_or(mask, std::memory_order_acq_rel) & mask;
    if (conflict == 0) return true;
    in_use_[word].fetch_and(~mask | conflict, std::memory_order_acq_rel);
    taken = word * bits + static_cast<uint64_t>(std::countr_zero(conflict));
    uint64_t conflict_start = std::max(word * bits, extent.block);
    if (conflict_start > extent.block) {
      unclaim({extent.block, conflict_start - extent.block});
    }
    return false;
  });
  return taken;
}

// False if some were not in use.
bool BlockAllocator::unclaim(Extent extent) noexcept {
  bool all_in_use = true;
  for_each_word(extent, [&](uint64_t word, uint64_t mask) {
    all_in_use &= (in_use_[word].fetch_and(~mask, std::memory_order_acq_rel) & mask) == mask;
    return true;
  });
  return all_in_use;
}

}  // namespace daxlab
