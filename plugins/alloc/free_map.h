// A bit for each block, set when it is free, in memory of the host's. No locks: who uses it sees to
// that; blocks of different words may be changed at once.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>

#include "daxlab/alloc.h"

namespace daxlab {

class FreeMap {
 public:
  static constexpr uint64_t word_blocks = 64;

  // All blocks of the geometry free. False: the host has no memory.
  bool init(Host& host, Geometry geometry) {
    first_ = geometry.first_block;
    end_ = geometry.end_block;
    const uint64_t words = (end_ + word_blocks - 1) / word_blocks;
    words_ = static_cast<uint64_t*>(host.arena(words * sizeof(uint64_t)));
    if (words_ == nullptr) return false;
    set({first_, end_ - first_}, true);
    return true;
  }

  uint64_t first() const { return first_; }
  uint64_t end() const { return end_; }
  uint64_t blocks() const { return end_ - first_; }
  bool is_free(uint64_t block) const {
    return block >= first_ && block < end_ &&
           (words_[block / word_blocks] >> (block % word_blocks) & 1) != 0;
  }

  void set(Extent extent, bool free) {
    for (uint64_t block = extent.block; block < extent.end();) {
      const uint64_t shift = block % word_blocks;
      const uint64_t count = std::min(word_blocks - shift, extent.end() - block);
      const uint64_t mask = (~uint64_t{0} >> (word_blocks - count)) << shift;
      uint64_t& word = words_[block / word_blocks];
      word = free ? word | mask : word & ~mask;
      block += count;
    }
  }

  // First block from `from` on that is free (or used), `end` when there is none before it.
  uint64_t next(bool free, uint64_t from, uint64_t end) const {
    const uint64_t flip = free ? 0 : ~uint64_t{0};
    for (uint64_t block = from; block < end; block = (block / word_blocks + 1) * word_blocks) {
      const uint64_t wanted = (words_[block / word_blocks] ^ flip) >> (block % word_blocks);
      if (wanted != 0)
        return std::min(block + static_cast<uint64_t>(std::countr_zero(wanted)), end);
    }
    return end;
  }

  // Where the free blocks that end before `block` begin, not before `first`.
  uint64_t start_of_run(uint64_t block, uint64_t first) const {
    while (block > first) {
      const uint64_t last = block - 1, shift = word_blocks - 1 - last % word_blocks;
      const uint64_t used = ~words_[last / word_blocks] << shift;  // `last` at the top
      const auto free = static_cast<uint64_t>(std::countl_zero(used));
      if (free < word_blocks - shift) return std::max(first, block - free);
      block = last / word_blocks * word_blocks;
    }
    return first;
  }

  // A run that begins in [from, before) and ends by `end`: the first of max_blocks, from a multiple
  // of the alignment on; else the longest. A hole where no block is free.
  Extent find_run(uint64_t from, uint64_t before, uint64_t end, uint64_t max_blocks,
                  uint64_t alignment_blocks) const {
    Extent longest;
    for (uint64_t at = next(true, from, before); at < before; at = next(true, at, before)) {
      const uint64_t start = (at + alignment_blocks - 1) / alignment_blocks * alignment_blocks;
      const uint64_t stop = max_blocks < end - std::min(start, end) ? start + max_blocks : end;
      const uint64_t run_end = next(false, at, stop);
      if (run_end > start && run_end - start > longest.blocks) longest = {start, run_end - start};
      if (longest.blocks == max_blocks) return longest;
      at = std::max(run_end, at + 1);
    }
    return longest;
  }

 private:
  uint64_t* words_ = nullptr;
  uint64_t first_ = 0;
  uint64_t end_ = 0;
};

}  // namespace daxlab
