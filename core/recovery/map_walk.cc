#include "core/recovery/map_walk.h"

#include <algorithm>

#include "core/region/checked_word.h"
#include "core/region/map_levels.h"

namespace daxlab {

// The check for the limit is needed in inner nodes only: no leaf lies across it.
static_assert(max_file_pages % pages_under(1) == 0);

uint64_t target_of(const MapFlaw& flaw, uint64_t word) {
  return value_of(word) >> (flaw.node == 0 ? map_height_bits : 0);
}

MapSummary MapWalk::walk(Inode& inode, uint64_t pages, Claim claim) {
  summary_ = {};
  file_pages_ = pages;
  claim_ = claim;
  path_.fill(0);
  const uint64_t word = inode.map_root;
  if (word == 0) return {};
  const uint64_t block = value_of(word) >> map_height_bits;
  const auto height = static_cast<uint32_t>(value_of(word) % (1 << map_height_bits));
  const Place place{&inode.map_root, 0, {0, max_file_pages}, height};
  flaws_.clear();
  if (!is_intact(word)) {
    add_flaw(place, Flaw::damaged, Mending::hole);
  } else if (height == 0 || height > max_map_height || !region_.holds_data(block)) {
    add_flaw(place, Flaw::misleading, Mending::hole);
  } else if (enter_node(place, block)) {
    height == 1 ? walk_leaf(block, 0) : walk_node(block, height, 0);
  }
  tell_from(0);
  return summary_;
}

void MapWalk::walk_node(uint64_t block, uint32_t height, uint64_t first_pgoff) {
  uint64_t* entries = region_.words_of(block);
  path_[height] = block;
  const size_t first_flaw = flaws_.size();
  const uint64_t child_pages = pages_under(height - 1);
  for (uint64_t index = 0; index < map_fanout; ++index) {
    const uint64_t word = entries[index];
    if (word == 0) continue;
    const uint64_t pgoff = first_pgoff + index * child_pages;
    const uint64_t child = value_of(word);
    const Place place{entries + index, block, {pgoff, child_pages}, height - 1};
    if (!is_intact(word)) {
      add_flaw(place, Flaw::damaged, Mending::hole);
    } else if (pgoff >= max_file_pages) {
      add_flaw(place, Flaw::past_limit, Mending::hole);
    } else if (!region_.holds_data(child)) {
      add_flaw(place, Flaw::misleading, Mending::hole);
    } else if (enter_node(place, child)) {
      height == 2 ? walk_leaf(child, pgoff) : walk_node(child, height - 1, pgoff);
    }
  }
  tell_from(first_flaw);
}

// Most of a region is read here.
void MapWalk::walk_leaf(uint64_t block, uint64_t first_pgoff) {
  uint64_t* entries = region_.words_of(block);
  path_[1] = block;
  const size_t first_flaw = flaws_.size();
  uint64_t mapped = 0;
  uint64_t end_pgoff = summary_.end_pgoff;
  uint64_t past_end = 0;
  for (uint64_t index = 0; index < map_fanout; ++index) {
    const uint64_t word = entries[index];
    if (word == 0) continue;
    const uint64_t pgoff = first_pgoff + index;
    const uint64_t target = value_of(word);
    if (is_intact(word) && region_.holds_data(target)) [[likely]] {
      const bool was_free = claims_.claim(target);
      const Mending mending = was_free ? Mending::none : mending_of_shared_page(target);
      if (!was_free) add_flaw({entries + index, block, {pgoff, 1}, 0}, Flaw::shared, mending);
      if (mending != Mending::hole) {
        ++mapped;
        end_pgoff = pgoff + 1;
      }
      past_end += was_free && pgoff >= file_pages_ ? 1 : 0;
    } else {
      const Flaw flaw = is_intact(word) ? Flaw::misleading : Flaw::damaged;
      add_flaw({entries + index, block, {pgoff, 1}, 0}, flaw, Mending::hole);
    }
  }
  summary_.mapped_pages += mapped;
  summary_.end_pgoff = end_pgoff;
  summary_.blocks_past_end += past_end;
  tell_from(first_flaw);
}

// A page that is a node on the way to it is no data of anybody's.
Mending MapWalk::mending_of_shared_page(uint64_t block) const {
  const bool own_node = std::find(path_.begin(), path_.end(), block) != path_.end();
  return claim_ == Claim::equal && !own_node ? Mending::copy : Mending::hole;
}

// A block that was taken for a page, and is a node here: what it leads to can be reached from here
// alone, so it is walked, once. A node again: all below it was reached the first time; this ends
// circles.
bool MapWalk::enter_node(const Place& place, uint64_t block) {
  const bool was_node = claims_.has_node(block);
  const bool was_free = claims_.claim(block);
  if (was_free) summary_.blocks_past_end += place.pages.pgoff >= file_pages_ ? 1 : 0;
  if (!was_free) {
    const bool copies = !was_node && claim_ == Claim::equal;
    add_flaw(place, Flaw::shared, copies ? Mending::copy : Mending::hole);
    if (!copies) return false;
  }
  claims_.mark_node(block);
  return true;
}

void MapWalk::add_flaw(const Place& place, Flaw flaw, Mending mending) {
  flaws_.push_back({place.word, *place.word, place.node, place.pages, place.height, flaw, mending});
}

void MapWalk::tell_from(size_t first_flaw) {
  if (flaws_.size() == first_flaw) return;
  found_(std::span(flaws_).subspan(first_flaw));
  flaws_.resize(first_flaw);
}

}  // namespace daxlab
