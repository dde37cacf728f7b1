// Finding, and what is missing: nothing here stores.
#include "core/region/block_map.h"

#include <algorithm>

#include "core/region/map_levels.h"
#include "core/sync/schedule.h"

namespace daxlab {

BlockMap::Root BlockMap::root() const noexcept {
  uint64_t word = value_of(load_word(inode_.map_root));
  return {word >> map_height_bits, static_cast<uint32_t>(word % (1 << map_height_bits))};
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
  tell_schedule(StepKind::find_block, &inode_);
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
  tell_schedule(StepKind::find_block, &inode_);
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
  if (pgoff >= max_file_pages) return 0;
  const uint64_t first = pgoff / map_fanout * map_fanout;
  if (pgoff > 0) {
    uint64_t* entries = leaf_of(pgoff - 1).entries;
    const uint64_t furthest = pgoff == first ? pgoff - 1 : first;
    for (uint64_t before = pgoff; entries != nullptr && before > furthest; --before) {
      const uint64_t block = block_in(entries[(before - 1) % map_fanout]);
      if (block != 0) return block + (pgoff - (before - 1));
    }
  }
  uint64_t* entries = leaf_of(pgoff).entries;
  for (uint64_t after = pgoff + 1; entries != nullptr && after < first + map_fanout; ++after) {
    const uint64_t block = block_in(entries[after % map_fanout]);
    if (block != 0) return block > after - pgoff ? block - (after - pgoff) : 0;
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

}  // namespace daxlab
