#include "harness/crash/garbage.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "core/region/region.h"

namespace daxlab {
namespace {

uint64_t word_at(std::span<const std::byte> region, uint64_t block, uint64_t index) {
  uint64_t word = 0;
  std::memcpy(&word, &region[block * block_bytes + index * 8], sizeof word);
  return word;
}

TEST(Garbage, FillsDataBlocksAndNothingElse) {
  Counters counters;
  auto region = Region::create_memfd(uint64_t{64} << 10, counters);
  ASSERT_TRUE(region.ok());
  const std::span<std::byte> bytes = region.value()->medium().bytes();
  const std::vector<std::byte> before(bytes.begin(), bytes.end());
  const uint64_t first = region.value()->first_data_block();
  const PageRange filled = fill_free_blocks(bytes, 5, {first + 1});
  EXPECT_EQ(filled, (PageRange{first, region.value()->data_blocks()}));
  for (uint64_t block = 0; block < region.value()->blocks(); ++block) {
    const bool is_filled = filled.contains(block) && block != first + 1;
    const bool as_before =
        std::memcmp(&bytes[block * block_bytes], &before[block * block_bytes], block_bytes) == 0;
    EXPECT_NE(as_before, is_filled) << block;
    if (is_filled) {
      EXPECT_EQ(word_at(bytes, block, 17), garbage_word(5, block, 17));
    }
  }
}

TEST(Garbage, EveryWordIsAnother) {
  for (uint64_t block = 10; block < 12; ++block) {
    for (uint64_t index = 0; index < 512; ++index) {
      const auto found = find_garbage(3, {8, 8}, garbage_word(3, block, index), ~uint64_t{0});
      ASSERT_TRUE(found);
      EXPECT_EQ(found->block, block);
      EXPECT_EQ(found->index, index);
      EXPECT_NE(garbage_word(3, block, index), 0u);
    }
  }
  EXPECT_FALSE(find_garbage(3, {8, 8}, garbage_word(4, 10, 0), ~uint64_t{0})) << "another seed";
  EXPECT_FALSE(find_garbage(3, {8, 8}, garbage_word(3, 16, 0), ~uint64_t{0})) << "another block";
  EXPECT_FALSE(find_garbage(3, {}, garbage_word(3, 10, 0), ~uint64_t{0}));
}

TEST(Garbage, WhatIsNoRegionIsLeftAlone) {
  std::vector<std::byte> zeros(uint64_t{64} << 10);
  EXPECT_EQ(fill_free_blocks(zeros, 5), PageRange{});
  EXPECT_EQ(std::count(zeros.begin(), zeros.end(), std::byte{0}), 64 << 10);
}

}  // namespace
}  // namespace daxlab
