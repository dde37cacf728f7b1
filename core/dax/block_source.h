// Blocks and map nodes for one operation, in a fault or outside one.
#pragma once

#include <array>
#include <cassert>

#include "core/alloc/block_allocator.h"
#include "core/region/block_map.h"

namespace daxlab {

class BlockSource final : public NodeSource {
 public:
  BlockSource(BlockAllocator& allocator, bool in_fault)
      : allocator_(allocator), in_fault_(in_fault) {}

  // For a hole of so many pages, or a part of it from its start on: where the goal says, so that
  // the file goes on in the region as it does in the file; whole ranges of 2 MiB so that each can
  // be mapped as one.
  Result<Extent> allocate(uint64_t goal, PageRange hole) noexcept {
    const bool huge = hole.pgoff % max_fault_pages == 0 && hole.pages >= max_fault_pages;
    const uint64_t alignment = huge ? max_fault_pages : 1;
    return in_fault_ ? allocator_.allocate_in_fault(goal, 1, hole.pages, alignment)
                     : allocator_.allocate(goal, 1, hole.pages, alignment);
  }
  Result<uint64_t> take_node() noexcept override {
    Result<Extent> node = allocate(0, PageRange{0, 1});
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

// Nodes taken before the map is touched, so that a lack of them leaves it as it was; what is not
// used goes back. For the pages of one fault: they have one leaf.
class NodesAtHand final : public NodeSource {
 public:
  explicit NodesAtHand(BlockSource& source) : source_(source) {}
  ~NodesAtHand() {
    while (count_ > 0) source_.give_back({nodes_[--count_], 1});
  }
  NodesAtHand(const NodesAtHand&) = delete;
  NodesAtHand& operator=(const NodesAtHand&) = delete;

  Status take(uint64_t needed) noexcept {
    assert(needed <= nodes_.size());
    while (count_ < needed) {
      Result<uint64_t> node = source_.take_node();
      if (!node.ok()) return node.status();
      nodes_[count_++] = node.value();
    }
    return {};
  }
  Result<uint64_t> take_node() noexcept override {
    if (count_ == 0) return ErrorCode::no_space;
    return nodes_[--count_];
  }

 private:
  BlockSource& source_;
  std::array<uint64_t, 2 * max_map_height> nodes_{};
  uint64_t count_ = 0;
};

}  // namespace daxlab
