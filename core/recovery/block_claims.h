// Who claims which block, while a region is being read that nobody believes.
#pragma once

#include <cstdint>
#include <vector>

#include "daxlab/types.h"

namespace daxlab {

// Two bits per block: whether it is claimed, and whether as a node of a map. One allocation.
class BlockClaims {
 public:
  explicit BlockClaims(uint64_t blocks) : words_((blocks + 63) / 64), bits_(2 * words_) {}

  // block < blocks
  bool has(uint64_t block) const { return (bits_[block / 64] >> block % 64 & 1) != 0; }
  bool has_node(uint64_t block) const {
    return (bits_[words_ + block / 64] >> block % 64 & 1) != 0;
  }
  // Whether it was free until now.
  bool claim(uint64_t block) {
    uint64_t& word = bits_[block / 64];
    const uint64_t bit = uint64_t{1} << block % 64;
    const bool was_free = (word & bit) == 0;
    word |= bit;
    return was_free;
  }
  void mark_node(uint64_t block) { bits_[words_ + block / 64] |= uint64_t{1} << block % 64; }

  // Sorted, disjoint, none adjacent.
  std::vector<Extent> extents() const;

 private:
  uint64_t words_;
  std::vector<uint64_t> bits_;
};

}  // namespace daxlab
