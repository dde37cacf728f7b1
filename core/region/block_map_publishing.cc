// Entering blocks, and the nodes that lead to them.
#include <algorithm>
#include <cassert>

#include "core/region/block_map.h"
#include "core/region/map_levels.h"

namespace daxlab {

void BlockMap::set_root(Root root, Persist::Where where) noexcept {
  Persist& persist = region_.persist();
  persist.store_word(&inode_.map_root, seal(root.block << map_height_bits | root.height), where);
  persist.flush(&inode_.map_root, sizeof inode_.map_root, where);
}

// Durable, fence included, so that a link to it may follow. The fence also brings the zeros, which
// go past the cache, before the link in other threads' eyes.
Result<uint64_t> BlockMap::new_node(NodeSource& nodes, uint64_t first_entry) noexcept {
  Result<uint64_t> node = nodes.take_node();
  if (!node.ok()) return node;
  assert(region_.holds_data(node.value()));
  Persist& persist = region_.persist();
  uint64_t* entries = region_.words_of(node.value());
  persist.zero(entries + 1, block_bytes - sizeof *entries);
  persist.store_word(entries, seal(first_entry));
  persist.flush(entries, sizeof *entries);
  persist.fence();
  return node;
}

Status BlockMap::grow_to(uint64_t pgoff, NodeSource& nodes) noexcept {
  for (;;) {
    auto [old_root, height] = root();
    if (old_root != 0 && pgoff < pages_under(height)) return {};
    Result<uint64_t> node = new_node(nodes, old_root);
    if (!node.ok()) return node.status();
    set_root({node.value(), old_root == 0 ? height_for(pgoff) : height + 1});
  }
}

// Links that it stores are flushed; the caller's fence completes them.
Result<uint64_t*> BlockMap::make_leaf(uint64_t pgoff, NodeSource& nodes) noexcept {
  if (Status status = grow_to(pgoff, nodes); !status.ok()) return status;
  auto [node, height] = root();
  for (; height > 1; --height) {
    uint64_t* entry = region_.words_of(node) + index_in(pgoff, height);
    node = block_in(*entry);
    if (node != 0) continue;
    Result<uint64_t> fresh = new_node(nodes, 0);
    if (!fresh.ok()) return fresh.status();
    node = fresh.value();
    region_.persist().store_word(entry, seal(node));
    region_.persist().flush(entry, sizeof *entry);
  }
  return region_.words_of(node);
}

uint64_t BlockMap::entry_word(uint64_t block) noexcept { return seal(block); }

Result<uint64_t*> BlockMap::entry_for(uint64_t pgoff, NodeSource& nodes) noexcept {
  assert(pgoff < max_file_pages);
  Result<uint64_t*> leaf = make_leaf(pgoff, nodes);
  if (!leaf.ok()) return leaf;
  return leaf.value() + pgoff % map_fanout;
}

Status BlockMap::publish(uint64_t pgoff, Extent extent, NodeSource& nodes,
                         uint64_t* published) noexcept {
  assert(pgoff < max_file_pages && extent.blocks <= max_file_pages - pgoff);
  assert(extent.blocks == 0 || extent.block >= region_.first_data_block());
  Persist& persist = region_.persist();
  Status status;
  uint64_t done = 0;
  while (done < extent.blocks) {
    Result<uint64_t*> leaf = make_leaf(pgoff + done, nodes);
    if (!leaf.ok()) {
      status = leaf.status();
      break;
    }
    uint64_t index = (pgoff + done) % map_fanout;
    uint64_t count = std::min(map_fanout - index, extent.blocks - done);
    uint64_t* entries = leaf.value() + index;
    for (uint64_t i = 0; i < count; ++i) {
      assert(load_word(entries[i]) == 0);
      persist.store_word(entries + i, entry_word(extent.block + done + i));
    }
    persist.flush(entries, count * sizeof *entries);
    done += count;
  }
  persist.fence();
  *published = done;
  return status;
}

}  // namespace daxlab
