// The allocator plugin behind a guard: every answer is checked against the core's own bitmap of blocks in
// use, so that no answer can hand out a block twice, or one outside the region.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "core/base/call_log.h"
#include "core/base/counters.h"
#include "core/base/error_or.h"
#include "core/base/failure_log.h"
#include "core/region/region.h"
#include "daxlab/alloc.h"

namespace daxlab {

class BlockAllocator {
 public:
  // Tells the plugin the geometry and every extent in use. Region and allocator outlive it.
  static ErrorOr<std::unique_ptr<BlockAllocator>> open(Allocator& allocator, bool signal_safe,
                                                       Region& region,
                                                       const std::vector<Extent>& used,
                                                       Counters& counters, CallLog& calls,
                                                       FailureLog& failures);
  ~BlockAllocator();

  // One extent of min to max blocks near the goal. no_space; bad_plugin after reporting an answer that is
  // out of bounds, of the wrong length or in use. Any thread, not in a fault.
  Result<Extent> allocate(uint64_t goal_block, uint64_t min_blocks, uint64_t max_blocks);
  // The same in a fault: asks the plugin itself if it is signal_safe, else takes single blocks from a
  // reserve that a thread of ours keeps filled, and waits for it when empty. Signal-safe.
  Result<Extent> allocate_in_fault(uint64_t goal_block, uint64_t min_blocks,
                                   uint64_t max_blocks) noexcept;
  // Nobody else uses the blocks any more. Any thread, not in a fault.
  void free(Extent extent);

  uint64_t free_blocks() const;  // reserve included
  uint64_t total_blocks() const;

 private:
  BlockAllocator() = default;
};

}  // namespace daxlab
