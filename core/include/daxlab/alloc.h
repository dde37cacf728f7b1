// The allocation capability: which free blocks to hand out. An allocator owns no durable state: it
// is told the geometry and every extent in use when a region is opened, and the core checks each
// answer, so an allocator can be slow or fragmenting but cannot spoil a region.
#pragma once

#include <cstdint>

#include "daxlab/plugin.h"
#include "daxlab/status.h"
#include "daxlab/types.h"

namespace daxlab {

struct Geometry {
  uint64_t first_block;  // [first_block, end_block) may be handed out
  uint64_t end_block;
};

struct AllocationRequest {
  uint64_t goal_block;  // wish: at or after this block, which may be in use, or anywhere; 0: none
  uint64_t min_blocks;  // at least 1
  uint64_t max_blocks;  // at least min_blocks, and more than there are perhaps; one extent between
                        // the two is the answer
  uint64_t alignment_blocks;  // wish: first block at a multiple of this power of two; 1: none
};

struct FreeSpace {
  uint64_t free_blocks;
  uint64_t largest_extent_blocks;  // longest run of free blocks
  // Of free_blocks, so many that allocate() keeps back: for its own use, or for requests that it
  // favours. May change over time. While nothing is in use: fewer than all blocks, and no more than
  // after init.
  uint64_t reserved_blocks = 0;
};

class Allocator {
 public:
  // Thread context: `init` and `mark_used` are called first, by one thread; the rest by any threads
  // at once. An allocator declared signal_safe is called in faults too; for others the core keeps a
  // reserve of single blocks, which a thread of its own fills.

  // Everything in the geometry is free. no_memory.
  virtual Status init(Geometry geometry) noexcept = 0;
  // The extent was found in use by the region; inside the geometry, not marked before.
  virtual Status mark_used(Extent extent) noexcept = 0;

  // One extent of min_blocks to max_blocks free blocks, in use from now on. no_space, and nothing
  // else, when there is none: not while min_blocks blocks in a row are free, unless to take them
  // would leave fewer than reserved_blocks free. An extent that is outside the geometry, in use, or
  // of another length is an unsafe answer: the run is over, and says whose fault it was.
  virtual Result<Extent> allocate(const AllocationRequest& request) noexcept = 0;
  // Blocks that were allocated or marked used; may be a part of an extent, or several at once.
  virtual void free(Extent extent) noexcept = 0;
  // A moment's truth; exact when nobody allocates or frees: then reserved_blocks <= free_blocks.
  virtual FreeSpace free_space() const noexcept = 0;

 protected:
  ~Allocator() = default;
};

struct AllocPlugin {
  PluginInfo info;
  Allocator* (*create)(Host& host, const OptionValues& options) noexcept;
  void (*destroy)(Allocator* allocator) noexcept;
};

}  // namespace daxlab

// Once per plugin, at namespace scope: the exported symbol by which the core knows kind and ABI.
// flags: PluginFlags::signal_safe when every call may be made in a fault.
#define DAXLAB_ALLOC_PLUGIN(name, Type, summary, options, flags)                           \
  DAXLAB_PLUGIN(::daxlab::AllocPlugin, ::daxlab::Allocator, daxlab_alloc_abi2, name, Type, \
                summary, options, flags)
