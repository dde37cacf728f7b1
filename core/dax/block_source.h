// Blocks and map nodes for one operation, in a fault or outside one.
#pragma once

#include "core/alloc/block_allocator.h"
#include "core/region/block_map.h"

namespace daxlab {

class BlockSource final : public NodeSource {
 public:
  BlockSource(BlockAllocator& allocator, bool in_fault)
      : allocator_(allocator), in_fault_(in_fault) {}

  Result<Extent> allocate(uint64_t goal, uint64_t min_blocks, uint64_t max_blocks) noexcept {
    return in_fault_ ? allocator_.allocate_in_fault(goal, min_blocks, max_blocks)
                     : allocator_.allocate(goal, min_blocks, max_blocks);
  }
  Result<uint64_t> take_node() noexcept override {
    Result<Extent> node = allocate(0, 1, 1);
    if (!node.ok()) return node.code();
    return node.value().block;
  }
  void give_back(Extent extent) noexcept {
    if (in_fault_) {
      allocator_.free_in_fault(extent);
    } else {
      allocator_.free(extent);
    }
  }

 private:
  BlockAllocator& allocator_;
  bool in_fault_;
};

}  // namespace daxlab
