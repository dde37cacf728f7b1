// File page -> block, as a radix tree in the region: 512 entries of 8 bytes to a node of one block.
#pragma once

#include <cstdint>
#include <vector>

#include "core/region/region.h"
#include "daxlab/status.h"
#include "daxlab/types.h"

namespace daxlab {

// Where publish takes blocks for new nodes from. Signal-safe if publish is called in a fault.
class NodeSource {
 public:
  virtual Result<uint64_t> take_node() noexcept = 0;

 protected:
  ~NodeSource() = default;
};

// One file's map. find* run beside publish without a lock. publish calls exclude each other, clear
// excludes everything: the caller's locks see to both.
class BlockMap {
 public:
  BlockMap(Region& region, Inode& inode) : region_(region), inode_(inode) {}

  // The block, or how the pages from range.pgoff on run (contiguous blocks, or a hole). Signal-safe.
  uint64_t find(uint64_t pgoff) const noexcept;
  Extent find_extent(PageRange range) const noexcept;
  // The first page with a block in the range, range.end() when there is none: skips empty subtrees.
  uint64_t next_block(PageRange range) const noexcept;

  // Nodes that publishing the range would add, at most. (An upper bound stays one when others publish.)
  uint64_t missing_nodes(PageRange range) const noexcept;
  // Enters one block per page from pgoff on: the blocks' contents are durable already. New nodes are
  // zeroed and persisted before they are linked, entries are persisted on return. no_space (from the
  // source; pages before the failing one are published, `*published` counts them). Signal-safe.
  Status publish(uint64_t pgoff, Extent extent, NodeSource& nodes, uint64_t* published) noexcept;
  // One entry changed to another block, persisted. The page has a block. Signal-safe.
  void replace(uint64_t pgoff, uint64_t block) noexcept;

  // Removes the blocks of the range from the map, persisted, and appends them to `removed`, together
  // with nodes that became empty. They may be in other threads' hands still.
  void clear(PageRange range, std::vector<Extent>& removed);
  // Every block the map uses, nodes included: for rebuilding an allocator and for accounting.
  void collect(std::vector<Extent>& used) const;

 private:
  Region& region_;
  Inode& inode_;
};

}  // namespace daxlab
