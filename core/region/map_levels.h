// How pages and nodes of a file's map lie: what the parts of BlockMap share.
#pragma once

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstdint>

#include "core/region/checked_word.h"
#include "core/region/layout.h"
#include "daxlab/types.h"

namespace daxlab {

inline constexpr uint32_t fanout_bits = std::bit_width(map_fanout) - 1;
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

inline PageRange clipped(PageRange range) {
  uint64_t start = std::min(range.pgoff, max_file_pages);
  return {start, std::min(range.pages, max_file_pages - start)};
}

inline uint64_t load_word(uint64_t& word) {
  return std::atomic_ref<uint64_t>(word).load(std::memory_order_acquire);
}

// Recovery has looked at every check; from then on only we have stored.
inline uint64_t block_in(uint64_t& entry) { return value_of(load_word(entry)); }

}  // namespace daxlab
