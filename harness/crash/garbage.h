// What free blocks hold before a run, so that a block which shows its past can be told, and named.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "daxlab/types.h"

namespace daxlab {

// Never 0.
uint64_t garbage_word(uint64_t seed, uint64_t block, uint64_t index);

// Fills all data blocks of a region that holds no files, past its persist interface; blocks of
// `without` stay as they are. The blocks filled: first and count. Some 2 GB a second.
PageRange fill_free_blocks(std::span<std::byte> region, uint64_t seed,
                           const std::vector<uint64_t>& without = {});

// The block whose garbage has this word, of which only the bits of `mask` were seen.
struct GarbageWord {
  uint64_t block;
  uint64_t index;
};
std::optional<GarbageWord> find_garbage(uint64_t seed, PageRange blocks, uint64_t value,
                                        uint64_t mask);

}  // namespace daxlab
