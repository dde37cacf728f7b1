#include "core/recovery/block_claims.h"

#include <algorithm>
#include <bit>

namespace daxlab {

// From one change between claimed and free to the next, a word at a time.
std::vector<Extent> BlockClaims::extents() const {
  std::vector<Extent> found;
  const uint64_t end = words_ * 64;
  auto next = [&](uint64_t from, bool claimed) {
    while (from < end) {
      uint64_t word = claimed ? bits_[from / 64] : ~bits_[from / 64];
      word >>= from % 64;
      if (word != 0) return from + static_cast<uint64_t>(std::countr_zero(word));
      from = (from / 64 + 1) * 64;
    }
    return end;
  };
  for (uint64_t block = next(0, true); block < end;) {
    const uint64_t end_of_run = next(block, false);
    found.push_back({block, end_of_run - block});
    block = next(end_of_run, true);
  }
  return found;
}

}  // namespace daxlab
