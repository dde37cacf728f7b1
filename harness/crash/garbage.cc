#include "harness/crash/garbage.h"

#include <algorithm>
#include <cstring>

#include "core/region/superblock.h"
#include "harness/histories/random.h"

namespace daxlab {
namespace {

constexpr uint64_t words_per_block = block_bytes / sizeof(uint64_t);

}  // namespace

uint64_t garbage_word(uint64_t seed, uint64_t block, uint64_t index) {
  return mix_bits(mix_bits(seed) + block * words_per_block + index) | 1;
}

PageRange fill_free_blocks(std::span<std::byte> region, uint64_t seed,
                           const std::vector<uint64_t>& without) {
  const auto found = find_superblock(region);
  if (!found.ok()) return {};
  const Superblock& superblock = found.value().superblock;
  const PageRange blocks{superblock.first_data_block,
                         superblock.end_data_block - superblock.first_data_block};
  for (uint64_t block = blocks.pgoff; block < blocks.end(); ++block) {
    if (std::find(without.begin(), without.end(), block) != without.end()) continue;
    std::byte* to = &region[block * block_bytes];
    for (uint64_t index = 0; index < words_per_block; ++index, to += sizeof(uint64_t)) {
      const uint64_t word = garbage_word(seed, block, index);
      std::memcpy(to, &word, sizeof word);
    }
  }
  return blocks;
}

std::optional<GarbageWord> find_garbage(uint64_t seed, PageRange blocks, uint64_t value,
                                        uint64_t mask) {
  for (uint64_t block = blocks.pgoff; block < blocks.end(); ++block) {
    for (uint64_t index = 0; index < words_per_block; ++index) {
      if (((garbage_word(seed, block, index) ^ value) & mask) == 0) {
        return GarbageWord{block, index};
      }
    }
  }
  return std::nullopt;
}

}  // namespace daxlab
