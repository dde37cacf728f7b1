#include "core/region/superblock.h"

#include <gtest/gtest.h>

#include <cstring>
#include <functional>
#include <vector>

#include "core/region/checksum.h"

namespace daxlab {
namespace {

constexpr uint64_t good_blocks = 64;

void put(std::vector<std::byte>& bytes, uint64_t block, const Superblock& superblock) {
  std::memcpy(bytes.data() + block * block_bytes, &superblock, sizeof superblock);
}

std::vector<std::byte> region_bytes(const Superblock& superblock) {
  std::vector<std::byte> bytes(superblock.blocks * block_bytes);
  put(bytes, 0, superblock);
  put(bytes, superblock.blocks - 1, superblock);
  return bytes;
}

Superblock resealed(Superblock superblock) {
  superblock.checksum =
      checksum_of(std::as_bytes(std::span(&superblock, 1)).first(offsetof(Superblock, checksum)));
  return superblock;
}

TEST(Superblock, IsFound) {
  Superblock superblock = make_superblock(good_blocks);
  auto found = find_superblock(region_bytes(superblock));
  ASSERT_TRUE(found.ok()) << found.error().message;
  EXPECT_TRUE(found.value().primary_is_good);
  EXPECT_TRUE(found.value().copy_is_good);
  EXPECT_FALSE(found.value().read_only);
  EXPECT_EQ(std::memcmp(&found.value().superblock, &superblock, sizeof superblock), 0);
}

TEST(Superblock, EachGetsAUuidOfItsOwn) {
  std::string one = uuid_text(make_superblock(good_blocks));
  EXPECT_EQ(one.size(), 36u);
  EXPECT_EQ(one[14], '4') << one;
  EXPECT_NE(one, uuid_text(make_superblock(good_blocks)));
}

TEST(Superblock, InodesScaleWithSize) {
  struct {
    uint64_t blocks, inodes;
  } cases[] = {{16, 32},      {512, 32},       {528, 64},       {4096, 256},
               {65536, 4096}, {262144, 16384}, {1 << 21, 65536}};
  for (auto [region_blocks, inodes] : cases) {
    Superblock superblock = make_superblock(region_blocks);
    EXPECT_EQ(superblock.inode_count, inodes) << region_blocks;
    EXPECT_EQ(superblock.first_data_block, 4 + inodes / 32) << region_blocks;
    EXPECT_EQ(state_of(superblock, region_blocks * block_bytes), SuperblockState::good);
  }
}

// Every value of every byte of one of the two: the other one serves.
TEST(Superblock, EitherServesWhenTheOtherIsDamaged) {
  Superblock superblock = make_superblock(good_blocks);
  std::vector<std::byte> bytes = region_bytes(superblock);
  for (uint64_t block : {uint64_t{0}, good_blocks - 1}) {
    for (uint64_t i = 0; i < sizeof superblock; ++i) {
      std::byte& damaged = bytes[block * block_bytes + i];
      std::byte was = damaged;
      for (int flip = 1; flip < 256; ++flip) {
        damaged = was ^ std::byte(flip);
        auto found = find_superblock(bytes);
        ASSERT_TRUE(found.ok()) << found.error().message;
        ASSERT_EQ(found.value().primary_is_good, block != 0);
        ASSERT_EQ(found.value().copy_is_good, block == 0);
        ASSERT_EQ(found.value().superblock.blocks, good_blocks);
      }
      damaged = was;
    }
  }
}

TEST(Superblock, CopyOfALongerMediumIsFoundByThePrimary) {
  std::vector<std::byte> bytes = region_bytes(make_superblock(good_blocks));
  bytes.resize(bytes.size() + 5000);
  auto found = find_superblock(bytes);
  ASSERT_TRUE(found.ok());
  EXPECT_TRUE(found.value().copy_is_good);
}

// As on a device that is larger than its region, where a load from a bad block would be the end.
TEST(Superblock, BadBlocksAreNotLookedAt) {
  std::vector<std::byte> bytes = region_bytes(make_superblock(good_blocks));
  const auto found_with = [&](std::vector<uint64_t> bad) {
    const auto found = find_superblock(bytes, BadBlocks(std::move(bad)));
    return found.ok() ? std::pair(found.value().primary_is_good, found.value().copy_is_good)
                      : std::pair(false, false);
  };
  EXPECT_EQ(found_with({0}), std::pair(false, true));
  EXPECT_EQ(found_with({good_blocks - 1}), std::pair(true, false));
  EXPECT_EQ(found_with({0, good_blocks - 1}), std::pair(false, false));
  EXPECT_FALSE(looks_like_region(bytes, BadBlocks({0, good_blocks - 1})));
  bytes.resize(2 * bytes.size());
  EXPECT_EQ(found_with({2 * good_blocks - 1}), std::pair(true, true));
  EXPECT_EQ(found_with({good_blocks - 1}), std::pair(true, false));
  EXPECT_EQ(found_with({0}), std::pair(false, false));  // nothing says where the copy is
  EXPECT_TRUE(looks_like_region(bytes, BadBlocks({2 * good_blocks - 1})));
}

TEST(Superblock, TwoThatDifferAreNotBothGood) {
  std::vector<std::byte> bytes = region_bytes(make_superblock(good_blocks));
  put(bytes, good_blocks - 1, make_superblock(good_blocks));  // another UUID
  auto found = find_superblock(bytes);
  ASSERT_TRUE(found.ok());
  EXPECT_TRUE(found.value().primary_is_good);
  EXPECT_FALSE(found.value().copy_is_good);
}

std::string error_of(const std::vector<std::byte>& bytes) {
  auto found = find_superblock(bytes);
  return found.ok() ? "found" : found.error().message;
}

TEST(Superblock, SaysWhatIsThereInstead) {
  EXPECT_EQ(error_of({}), "not a daxlab region: only 0 bytes; create one, or give the path of one");
  std::vector<std::byte> bytes(good_blocks * block_bytes);
  EXPECT_EQ(error_of(bytes), "not a daxlab region; create one, or give the path of one");
  EXPECT_FALSE(looks_like_region(bytes));

  Superblock newer = make_superblock(good_blocks);
  newer.version = 7;
  newer.features_incompatible = 4;
  EXPECT_EQ(
      error_of(region_bytes(resealed(newer))),
      "a daxlab region of version 7 with features 0x4, which this program does not know; use a "
      "newer daxlab");

  bytes = region_bytes(make_superblock(good_blocks));
  EXPECT_TRUE(looks_like_region(bytes));
  bytes.resize(bytes.size() - block_bytes);
  EXPECT_EQ(
      error_of(bytes),
      "a daxlab region of 64 blocks of 4096 bytes, but only 258048 bytes are there: it was cut; "
      "bring back the whole file");

  bytes.resize(5000);
  EXPECT_EQ(
      error_of(bytes),
      "a daxlab region of 64 blocks of 4096 bytes, but only 5000 bytes are there: it was cut; "
      "bring back the whole file");

  bytes = region_bytes(make_superblock(good_blocks));
  bytes[20] ^= std::byte{1};
  bytes[(good_blocks - 1) * block_bytes + 20] ^= std::byte{1};
  EXPECT_EQ(error_of(bytes),
            "a daxlab region whose superblock and its copy are both damaged; nothing can be read");
  EXPECT_TRUE(looks_like_region(bytes));
}

TEST(Superblock, UnknownFeaturesThatForbidWriting) {
  Superblock superblock = make_superblock(good_blocks);
  superblock.features_compatible = 1;
  EXPECT_FALSE(find_superblock(region_bytes(resealed(superblock))).value().read_only);
  superblock.features_read_only = 1;
  EXPECT_TRUE(find_superblock(region_bytes(resealed(superblock))).value().read_only);
}

// Sealed, so that nothing but the geometry speaks against them.
TEST(Superblock, ImpossibleGeometryIsNotBelieved) {
  const std::vector<std::function<void(Superblock&)>> lies = {
      [](Superblock& s) { s.blocks = 0; },
      [](Superblock& s) { s.blocks = ~uint64_t{0}; },
      [](Superblock& s) { s.block_bytes = 512; },
      [](Superblock& s) { s.log_block = 0; },
      [](Superblock& s) { s.log_blocks = 0; },
      [](Superblock& s) { s.log_blocks = ~uint64_t{0} - 1; },
      [](Superblock& s) { s.inode_table_block = good_blocks + 1; },
      [](Superblock& s) { s.inode_count = 0; },
      [](Superblock& s) { s.inode_count = uint64_t{1} << 40; },
      [](Superblock& s) { s.inode_count += 1; },
      [](Superblock& s) { s.first_data_block = s.inode_table_block; },
      [](Superblock& s) { s.first_data_block = good_blocks - 1; },
      [](Superblock& s) { s.end_data_block = good_blocks; },
      [](Superblock& s) { s.end_data_block = ~uint64_t{0}; },
  };
  for (size_t i = 0; i < lies.size(); ++i) {
    Superblock superblock = make_superblock(good_blocks);
    lies[i](superblock);
    EXPECT_EQ(state_of(resealed(superblock), good_blocks * block_bytes), SuperblockState::damaged)
        << i;
  }
}

}  // namespace
}  // namespace daxlab
