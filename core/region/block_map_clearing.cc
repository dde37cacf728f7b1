// Taking blocks out, and the nodes that have become empty.
#include <algorithm>
#include <cassert>

#include "core/base/no_memory.h"
#include "core/region/block_map.h"
#include "core/region/map_levels.h"

namespace daxlab {
namespace {

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

uint64_t BlockMap::nodes() const {
  auto [node, height] = root();
  return node == 0 || height == 0 ? 0 : nodes_below(node, height);
}

uint64_t BlockMap::nodes_below(uint64_t node, uint32_t height) const {
  uint64_t count = 1;
  if (height == 1) return count;  // its children are data
  uint64_t* entries = region_.words_of(node);
  for (uint64_t index = 0; index < map_fanout; ++index) {
    const uint64_t child = block_in(entries[index]);
    if (child != 0) count += nodes_below(child, height - 1);
  }
  return count;
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
