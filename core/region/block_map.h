// File page -> block, as a radix tree in the region: 512 entries of 8 bytes to a node of one block.
#pragma once

#include <cstdint>
#include <functional>
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

// One file's map, of pages below max_file_pages. Recovery has seen that all of it is sound. find*
// and next_block run beside publish and entry_for without a lock. publish and entry_for exclude
// each other, clear and collect exclude everything: the caller's locks see to both. Holds nothing
// itself: any number of BlockMaps may speak of one inode.
class BlockMap {
 public:
  BlockMap(Region& region, Inode& inode) : region_(region), inode_(inode) {}

  // The block, or how the pages from range.pgoff on run (contiguous blocks, or a hole), at most to
  // range.end(). Signal-safe.
  uint64_t find(uint64_t pgoff) const noexcept;
  Extent find_extent(PageRange range) const noexcept;
  // The first page with a block in the range, range.end() when there is none: skips empty subtrees.
  uint64_t next_block(PageRange range) const noexcept;

  // Where the page's block should be so that the file goes on in the region as it does in the file:
  // counted from the last page before it that has a block, in the same 512 pages (or right before
  // them), else from the first one behind it there. 0: there is none. May lie outside the region.
  // Signal-safe.
  uint64_t goal_for(uint64_t pgoff) const noexcept;

  // Nodes that publishing the range would add, at most. (An upper bound stays one when others
  // publish; for that, an empty map is counted as if a tree of full height had to be made.)
  // Signal-safe.
  uint64_t missing_nodes(PageRange range) const noexcept;
  // The same, whatever others publish or clear.
  static uint64_t most_nodes(PageRange range) noexcept;
  // Enters one block per page from pgoff on, where holes are: the blocks' contents are durable
  // already. New nodes are zeroed and persisted before they are linked, entries are persisted on
  // return. no_space (from the source; pages before the failing one are published, `*published`
  // counts them; nodes taken so far stay in the map). Signal-safe.
  Status publish(uint64_t pgoff, Extent extent, NodeSource& nodes, uint64_t* published) noexcept;
  // The word in which a page's block stands or would stand, for changing several at once through
  // the redo log: the nodes that lead to it are made, empty, and flushed (the next fence makes them
  // durable). no_space (from the source; nodes taken so far stay in the map). Signal-safe.
  Result<uint64_t*> entry_for(uint64_t pgoff, NodeSource& nodes) noexcept;
  // What such a word holds.
  static uint64_t entry_word(uint64_t block) noexcept;

  // Lets `removed` grow by what clear() would append now, so that clearing the range cannot run out
  // of memory half-way. no_memory.
  Status make_room_to_clear(PageRange range, std::vector<Extent>& removed) const noexcept;
  // Removes the blocks of the range from the map, persisted, and appends them to `removed`,
  // together with nodes that became empty. They may be in other threads' hands still.
  void clear(PageRange range, std::vector<Extent>& removed,
             Persist::Where where = Persist::Where::current());
  // Every block the map uses, nodes included: for rebuilding an allocator and for accounting.
  void collect(std::vector<Extent>& used) const;
  uint64_t nodes() const;  // how many of those are nodes
  // The same without memory, of a map that nobody uses any more: what `take` gets may be given to
  // somebody else at once.
  void hand_out(const std::function<void(Extent)>& take) const;

 private:
  struct Root {
    uint64_t block;
    uint32_t height;
  };
  // The leaf that has a page's entry, or nullptr in a subtree that is not there; either goes on to
  // `end`.
  struct Leaf {
    uint64_t* entries;
    uint64_t end;
  };
  Root root() const noexcept;
  void set_root(Root root, Persist::Where where = Persist::Where::current()) noexcept;
  Leaf leaf_of(uint64_t pgoff) const noexcept;
  uint64_t run_of_blocks(PageRange range, uint64_t block) const noexcept;

  uint64_t missing_below(uint64_t node, uint32_t height, uint64_t start,
                         PageRange range) const noexcept;
  Result<uint64_t*> make_leaf(uint64_t pgoff, NodeSource& nodes) noexcept;
  Status grow_to(uint64_t pgoff, NodeSource& nodes) noexcept;
  Result<uint64_t> new_node(NodeSource& nodes, uint64_t first_entry) noexcept;

  uint64_t blocks_below(uint64_t node, uint32_t height, uint64_t start,
                        PageRange range) const noexcept;
  void clear_below(uint64_t node, uint32_t height, uint64_t start, PageRange range,
                   std::vector<Extent>& found, Persist::Where where);
  void hand_out_below(uint64_t block, uint32_t height, Extent& run,
                      const std::function<void(Extent)>& take) const;
  void collect_below(uint64_t node, uint32_t height, std::vector<Extent>& used) const;
  uint64_t nodes_below(uint64_t node, uint32_t height) const;

  Region& region_;
  Inode& inode_;
};

}  // namespace daxlab
