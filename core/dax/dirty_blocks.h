// Which blocks may hold stores that came through a mapping and were not flushed: set before a block
// is mapped writable, so that no store can be missed.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "daxlab/types.h"

namespace daxlab {

// Signal-safe, any thread.
class DirtyBlocks {
 public:
  explicit DirtyBlocks(uint64_t blocks)
      : words_(std::make_unique<std::atomic<uint64_t>[]>(blocks / 64 + 1)) {}

  void set(Extent extent) noexcept {
    for (uint64_t block = extent.block; block < extent.end(); ++block) {
      words_[block / 64].fetch_or(bit(block), std::memory_order_relaxed);
    }
  }
  void clear(Extent extent) noexcept {
    for (uint64_t block = extent.block; block < extent.end(); ++block) {
      words_[block / 64].fetch_and(~bit(block), std::memory_order_relaxed);
    }
  }
  bool test(uint64_t block) const noexcept {
    return (words_[block / 64].load(std::memory_order_relaxed) & bit(block)) != 0;
  }

 private:
  static uint64_t bit(uint64_t block) { return uint64_t{1} << (block % 64); }
  std::unique_ptr<std::atomic<uint64_t>[]> words_;
};

}  // namespace daxlab
