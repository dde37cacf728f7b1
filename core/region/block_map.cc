#include "core/region/block_map.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cassert>

#include "core/base/no_memory.h"
#include "core/region/checked_word.h"

namespace daxlab {

namespace {

constexpr uint32_t fanout_bits = std::bit_width(map_fanout) - 1;
static_assert(max_file_pages <= uint64_t{1} << (max_map_height * fanout_bits));

// Pages under a node of that height; 0 is a block of the file itself.
constexpr uint64_t pages_under(uint32_t height) { return uint64_t{1} << (height * fanout_bits); }

// Of a page, in a node of that height.
constexpr uint64_t index_in(uint64_t pgoff, uint32_t height) {
  return (pgoff >> ((height - 1) * fanout_bits)) % map_fanout;
}

constexpr uint32_t height_for(uint64_t pgoff) {
  uint32_t height = 1;
  while (pgoff >= pages_under(height)) ++height;
  return height;
}

// Nodes of that height on the way to the pages of a range.
constexpr uint64_t nodes_over(PageRange range, uint32_t height) {
  return (range.end() - 1) / pages_under(height) - range.pgoff / pages_under(height) + 1;
}

PageRange clipped(PageRange range) {
  uint64_t start = std::min(range.pgoff, max_file_pages);
  return {start, std::min(range.pages, max_file_pages - start)};
}

uint64_t load_word(uint64_t& word) {
  return std::atomic_ref<uint64_t>(word).load(std::memory_order_acquire);
}

// Recovery has looked at every check; from then on only we have stored.
uint64_t block_in(uint64_t& entry) { return value_of(load_word(entry)); }

bool is_empty(uint64_t* entries) {
  return std::all_of(entries, entries + map_fanout, [](uint64_t& e) { return load_word(e) == 0; });
}

void append(std::vector<Extent>& extents, uint64_t block) {
  if (!extents.empty() && extents.back().end() == block) {
    ++extents.back().blocks;
  } else {
    extents.push_back({block, 1});
  }
}

}  // namespace

BlockMap::Root BlockMap::root() const noexcept {
  uint64_t word = value_of(load_word(inode_.map_root));
  return {word >> map_height_bits, static_cast<uint32_t>(word % (1 << map_height_bits))};
}

void BlockMap::set_root(Root root, Persist::Where where) noexcept {
  Persist& persist = region_.persist();
  persist.store_word(&inode_.map_root, seal(root.block << map_height_bits | root.height), where);
  persist.flush(&inode_.map_root, sizeof inode_.map_root, where);
}

BlockMap::Leaf BlockMap::leaf_of(uint64_t pgoff) const noexcept {
  auto [node, height] = root();
  if (pgoff >= pages_under(height) || node == 0) return {nullptr, max_file_pages};
  for (; height > 1; --height) {
    node = block_in(region_.words_of(node)[index_in(pgoff, height)]);
    if (node == 0)
      return {nullptr, (pgoff / pages_under(height - 1) + 1) * pages_under(height - 1)};
  }
  return {region_.words_of(node), (pgoff / map_fanout + 1) * map_fanout};
}

uint64_t BlockMap::find(uint64_t pgoff) const noexcept {
  uint64_t* entries = leaf_of(pgoff).entries;
  return entries == nullptr ? 0 : block_in(entries[pgoff % map_fanout]);
}

Extent BlockMap::find_extent(PageRange range) const noexcept {
  range = clipped(range);
  if (range.pages == 0) return {};
  uint64_t block = find(range.pgoff);
  if (block != 0) return {block, run_of_blocks(range, block)};
  // A block published there since then ends the hole before it began: then the page has it.
  uint64_t end = next_block(range);
  if (end == range.pgoff) return find_extent({range.pgoff, 1});
  return {0, end - range.pgoff};
}

uint64_t BlockMap::run_of_blocks(PageRange range, uint64_t block) const noexcept {
  uint64_t pgoff = range.pgoff;
  while (pgoff < range.end()) {
    Leaf leaf = leaf_of(pgoff);
    if (leaf.entries == nullptr) break;
    uint64_t end = std::min(leaf.end, range.end());
    for (; pgoff < end; ++pgoff) {
      if (block_in(leaf.entries[pgoff % map_fanout]) != block + (pgoff - range.pgoff)) {
        return std::max<uint64_t>(pgoff - range.pgoff, 1);
      }
    }
  }
  return std::max<uint64_t>(pgoff - range.pgoff, 1);
}

uint64_t BlockMap::next_block(PageRange range) const noexcept {
  uint64_t range_end = range.end();
  range = clipped(range);
  uint64_t pgoff = range.pgoff;
  while (pgoff < range.end()) {
    Leaf leaf = leaf_of(pgoff);
    uint64_t end = std::min(leaf.end, range.end());
    if (leaf.entries != nullptr) {
      for (; pgoff < end; ++pgoff) {
        if (load_word(leaf.entries[pgoff % map_fanout]) != 0) return pgoff;
      }
    }
    pgoff = end;
  }
  return range_end;
}

uint64_t BlockMap::goal_for(uint64_t pgoff) const noexcept {
  if (pgoff == 0 || pgoff >= max_file_pages) return 0;
  uint64_t* entries = leaf_of(pgoff - 1).entries;
  if (entries == nullptr) return 0;
  uint64_t first = pgoff % map_fanout == 0 ? pgoff - 1 : pgoff / map_fanout * map_fanout;
  for (uint64_t before = pgoff; before > first; --before) {
    uint64_t block = block_in(entries[(before - 1) % map_fanout]);
    if (block != 0) return block + (pgoff - (before - 1));
  }
  return 0;
}

// Exact, but for an empty map. There somebody may publish a near page first, and we would add the
// nodes that lead from a higher root to the old one; or a far page, and we would start from a root
// of full height: so both are counted.
uint64_t BlockMap::missing_nodes(PageRange range) const noexcept {
  range = clipped(range);
  if (range.pages == 0) return 0;
  auto [node, height] = root();
  if (node == 0) return most_nodes(range);
  uint32_t new_height = std::max(height, height_for(range.end() - 1));
  uint64_t missing = 0;
  for (uint32_t level = height + 1; level <= new_height; ++level) {
    missing += nodes_over(range, level);
    bool leads_to_old_root = range.pgoff < pages_under(level);
    bool may_lead_to_old_root = level > 1 && level < new_height;
    if (!leads_to_old_root && may_lead_to_old_root) ++missing;
  }

  uint64_t old_pages = pages_under(height);
  if (range.pgoff < old_pages) {
    uint64_t pages = std::min(range.end(), old_pages) - range.pgoff;
    missing += missing_below(node, height, 0, {range.pgoff, pages});
  }
  if (range.end() > old_pages) {
    uint64_t start = std::max(range.pgoff, old_pages);
    for (uint32_t level = 1; level <= height; ++level) {
      missing += nodes_over({start, range.end() - start}, level);
    }
  }
  return missing;
}

uint64_t BlockMap::most_nodes(PageRange range) noexcept {
  range = clipped(range);
  uint64_t nodes = 0;
  for (uint32_t level = 1; level <= max_map_height && range.pages > 0; ++level) {
    nodes += nodes_over(range, level);
    bool may_lead_to_old_root = level > 1 && level < max_map_height;
    if (range.pgoff >= pages_under(level) && may_lead_to_old_root) ++nodes;
  }
  return nodes;
}

// `range` lies under the node, whose first page is `start`.
uint64_t BlockMap::missing_below(uint64_t node, uint32_t height, uint64_t start,
                                 PageRange range) const noexcept {
  if (height == 1) return 0;
  uint64_t missing = 0;
  uint64_t child_pages = pages_under(height - 1);
  for (uint64_t index = index_in(range.pgoff, height); index < map_fanout; ++index) {
    uint64_t child_start = start + index * child_pages;
    if (child_start >= range.end()) break;
    uint64_t from = std::max(range.pgoff, child_start);
    PageRange part{from, std::min(range.end(), child_start + child_pages) - from};
    uint64_t child = block_in(region_.words_of(node)[index]);
    if (child != 0) {
      missing += missing_below(child, height - 1, child_start, part);
    } else {
      for (uint32_t level = 1; level < height; ++level) missing += nodes_over(part, level);
    }
  }
  return missing;
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

// As many extents as blocks and nodes, if none are neighbours.
Status BlockMap::make_room_to_clear(PageRange range, std::vector<Extent>& removed) const noexcept {
  range = clipped(range);
  auto [node, height] = root();
  if (node == 0 || range.pages == 0 || range.pgoff >= pages_under(height)) return {};
  uint64_t most = 1 + blocks_below(node, height, 0, range);
  return or_no_memory([&removed, most] { removed.reserve(removed.size() + most); });
}

uint64_t BlockMap::blocks_below(uint64_t node, uint32_t height, uint64_t start,
                                PageRange range) const noexcept {
  uint64_t child_pages = pages_under(height - 1);
  uint64_t* entries = region_.words_of(node);
  uint64_t blocks = 0;
  for (uint64_t index = range.pgoff > start ? index_in(range.pgoff, height) : 0; index < map_fanout;
       ++index) {
    uint64_t child_start = start + index * child_pages;
    if (child_start >= range.end()) break;
    uint64_t child = block_in(entries[index]);
    if (child == 0) continue;
    blocks += height == 1 ? 1 : 1 + blocks_below(child, height - 1, child_start, range);
  }
  return blocks;
}

// Every entry that goes is one word, whether it led to one block or to a whole subtree inside the
// range; a crash between two of them leaves a map with fewer pages and some blocks in no map, which
// are free. One fence at the end makes all durable before the caller sees a block.
void BlockMap::clear(PageRange range, std::vector<Extent>& removed, Persist::Where where) {
  range = clipped(range);
  auto [node, height] = root();
  if (node == 0 || range.pages == 0 || range.pgoff >= pages_under(height)) return;
  if (range.pgoff == 0 && range.end() >= std::min(pages_under(height), max_file_pages)) {
    set_root({0, 0}, where);
    collect_below(node, height, removed);
  } else {
    clear_below(node, height, 0, range, removed, where);
    if (is_empty(region_.words_of(node))) {
      set_root({0, 0}, where);
      append(removed, node);
    }
  }
  region_.persist().fence(where);
}

// `start` is the node's first page; the range begins before the node's end and may go on beyond it.
void BlockMap::clear_below(uint64_t node, uint32_t height, uint64_t start, PageRange range,
                           std::vector<Extent>& found, Persist::Where where) {
  uint64_t child_pages = pages_under(height - 1);
  uint64_t* entries = region_.words_of(node);
  uint64_t first = range.pgoff > start ? index_in(range.pgoff, height) : 0;
  uint64_t end = first;
  for (; end < map_fanout; ++end) {
    uint64_t child_start = start + end * child_pages;
    if (child_start >= range.end()) break;
    uint64_t child = block_in(entries[end]);
    if (child == 0) continue;
    bool whole = range.pgoff <= child_start && child_start + child_pages <= range.end();
    if (!whole) {
      clear_below(child, height - 1, child_start, range, found, where);
      if (!is_empty(region_.words_of(child))) continue;
    }
    region_.persist().store_word(entries + end, 0);
    if (whole) {
      collect_below(child, height - 1, found);
    } else {
      append(found, child);
    }
  }
  region_.persist().flush(entries + first, (end - first) * sizeof *entries, where);
}

void BlockMap::collect(std::vector<Extent>& used) const {
  auto [node, height] = root();
  if (node != 0) collect_below(node, height, used);
}

void BlockMap::collect_below(uint64_t node, uint32_t height, std::vector<Extent>& used) const {
  append(used, node);
  if (height == 0) return;
  uint64_t* entries = region_.words_of(node);
  for (uint64_t index = 0; index < map_fanout; ++index) {
    uint64_t child = block_in(entries[index]);
    if (child != 0) collect_below(child, height - 1, used);
  }
}

void BlockMap::hand_out(const std::function<void(Extent)>& take) const {
  auto [node, height] = root();
  if (node == 0) return;
  Extent run;
  hand_out_below(node, height, run, take);
  take(run);
}

// A node goes after everything under it: its entries are read until then.
void BlockMap::hand_out_below(uint64_t block, uint32_t height, Extent& run,
                              const std::function<void(Extent)>& take) const {
  for (uint64_t index = 0; height > 0 && index < map_fanout; ++index) {
    uint64_t child = block_in(region_.words_of(block)[index]);
    if (child != 0) hand_out_below(child, height - 1, run, take);
  }
  if (run.blocks > 0 && run.end() == block) {
    ++run.blocks;
    return;
  }
  if (run.blocks > 0) take(run);
  run = {block, 1};
}

}  // namespace daxlab
