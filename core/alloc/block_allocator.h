// The allocator plugin behind a guard: every answer is checked against the core's own bitmap of
// blocks in use, so that no answer can hand out a block twice, or one outside the region.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "core/alloc/fault_reserve.h"
#include "core/base/call_log.h"
#include "core/base/counters.h"
#include "core/base/error_or.h"
#include "core/base/failure_log.h"
#include "core/base/source_location.h"
#include "core/region/region.h"
#include "daxlab/alloc.h"

namespace daxlab {

class BlockAllocator {
 public:
  using Where = SourceLocation;  // of the call, for schedules
  // Tells the plugin the geometry and every extent in use. All but `used` outlive it. Starts a
  // thread unless signal_safe. Errors: extents that overlap or lie outside the region's data
  // blocks; what the plugin refused.
  static ErrorOr<std::unique_ptr<BlockAllocator>> open(Allocator& allocator, bool signal_safe,
                                                       Region& region,
                                                       const std::vector<Extent>& used,
                                                       Counters& counters, CallLog& calls,
                                                       FailureLog& failures);
  ~BlockAllocator() = default;
  BlockAllocator(const BlockAllocator&) = delete;
  BlockAllocator& operator=(const BlockAllocator&) = delete;

  // From now on, for tests: the n-th call of allocate and allocate_in_fault, counted together (not
  // the reserve's own refills), finds no space, and so does each after it if `from_then_on`. 0:
  // none. The plugin is not asked then. Before the first allocation; one thread.
  void refuse_at(uint64_t allocation, bool from_then_on) noexcept {
    refuse_at_ = allocation;
    refuse_from_then_on_ = from_then_on;
  }

  // One extent of min to max blocks near the goal (0: anywhere), if it can be from a multiple of
  // the alignment on: both are wishes. no_space; bad_plugin after reporting an answer that is out
  // of bounds, of the wrong length or in use. Any thread, not in a fault.
  Result<Extent> allocate(uint64_t goal_block, uint64_t min_blocks, uint64_t max_blocks,
                          uint64_t alignment_blocks = 1);
  // The same in a fault: asks the plugin itself if it is signal_safe, else takes single blocks from
  // a reserve that a thread of ours keeps filled, and waits for it when empty (min_blocks must be
  // 1). Signal-safe.
  Result<Extent> allocate_in_fault(uint64_t goal_block, uint64_t min_blocks, uint64_t max_blocks,
                                   uint64_t alignment_blocks = 1) noexcept;
  // Nobody else uses the blocks any more; they are in use here. Bad blocks of the region stay so:
  // they are never handed out again. Any thread, not in a fault.
  void free(Extent extent, Where where = Where::current());

  // The same for blocks from allocate_in_fault that the fault could not use. Signal-safe.
  void free_in_fault(Extent extent, Where where = Where::current()) noexcept;

  // As the plugin counts them, the blocks for faults included in free_blocks; exact when nobody
  // allocates or frees. Not in a fault.
  FreeSpace free_space() const;
  uint64_t free_blocks() const { return free_space().free_blocks; }
  // Runs of 512 blocks that begin at a multiple of 512, none of them in use: counted here, not by
  // the plugin. Block b lies b * 4 KiB into the medium, so each is what one 2 MiB mapping needs. A
  // moment's truth; blocks of the reserve are in use. Any thread.
  uint64_t free_huge_runs() const noexcept;
  // The block that lies `offset_blocks` into such a run, another one at each call, so that files
  // that grow at once do not meet. 0: there is none near where the last one was. It is free for the
  // moment only: a goal. Any thread; signal-safe.
  uint64_t goal_in_free_run(uint64_t offset_blocks) noexcept;
  uint64_t total_blocks() const { return end_block_ - first_block_; }

 private:
  BlockAllocator(Allocator& allocator, const Region& region, Counters& counters, CallLog& calls,
                 FailureLog& failures);
  std::optional<Error> tell_used(const std::vector<Extent>& used);
  std::optional<Error> start_reserve();

  bool is_refused() noexcept;
  Result<Extent> counted(Result<Extent> taken) noexcept;
  Result<Extent> ask_plugin(const AllocationRequest& request) noexcept;
  void give_to_plugin(Extent extent, Where where = Where::current()) noexcept;
  void give_to_plugin_at_once(Extent extent) noexcept;
  void give_good_blocks(Extent extent) noexcept;
  Status check(Extent answer, uint64_t min_blocks, uint64_t max_blocks) noexcept;
  bool inside(Extent extent) const noexcept;
  bool is_free_run(uint64_t run) const noexcept;
  uint64_t claim(Extent extent) noexcept;
  bool unclaim(Extent extent) noexcept;

  Allocator& allocator_;
  const BadBlocks& bad_blocks_;
  Counters& counters_;
  CallLog& calls_;
  FailureLog& failures_;
  uint64_t first_block_;
  uint64_t end_block_;
  std::vector<std::atomic<uint64_t>> in_use_;  // a bit for each block of the region
  std::atomic<uint64_t> next_run_{0};          // where goal_in_free_run looks next
  uint64_t refuse_at_ = 0;
  bool refuse_from_then_on_ = false;
  std::atomic<uint64_t> allocations_{0};   // counted only where one is to be refused
  std::unique_ptr<FaultReserve> reserve_;  // none when the plugin is signal_safe
};

}  // namespace daxlab
