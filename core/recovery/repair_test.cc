#include "core/recovery/repair_test.h"

namespace daxlab {
namespace {

TEST_F(RepairTest, LeavesAWholeRegionAlone) {
  ImageMemory copy(64);
  copy.copy_from(image_.memory());
  EXPECT_EQ(repaired(0), before_);
  ImageMemory after(64);
  after.copy_from(image_.memory());
  EXPECT_TRUE(std::ranges::equal(copy.bytes(), after.bytes()));
}

TEST_F(RepairTest, SuperblocksComeFromTheirTwin) {
  region_.superblock_at(0).blocks ^= 1;
  EXPECT_EQ(repaired(1), before_);
  EXPECT_EQ(reported_[0].where, "block 0");
  region_.superblock_at(63).magic = 0;
  EXPECT_EQ(repaired(1), before_);
  EXPECT_EQ(reported_[0].where, "block 63");
}

TEST_F(RepairTest, ADamagedLogIsDropped) {
  region_.log().commit = 77;
  EXPECT_EQ(repaired(1), before_);
  EXPECT_EQ(reported_[0].remedy, "dropped; the last atomic write may be half done");
}

TEST_F(RepairTest, ACommittedLogIsReplayed) {
  image_.commit_record({{image_.offset_of(image_.inode(a_).size_bytes), seal(7 * page_bytes)}});
  EXPECT_EQ(repaired(0)["data-a"].size_bytes, 7 * page_bytes);
}

TEST_F(RepairTest, DamagedSizesCoverAllPages) {
  uint64_t& size = image_.inode(a_).size_bytes;
  const uint64_t good = seal(6 * page_bytes);
  auto size_after = [&](uint64_t word) {
    size = word;
    auto files = repaired(1);
    EXPECT_EQ(files["data-a"].data, before_["data-a"].data);
    return files["data-a"].size_bytes;
  };
  EXPECT_EQ(size_after(good ^ uint64_t{1} << 60), 6 * page_bytes) << "its check alone";
  EXPECT_EQ(size_after(good ^ 1), 6 * page_bytes) << "one byte";
  for (uint32_t bit = 0; bit < 64; ++bit) {
    EXPECT_EQ(size_after(good ^ uint64_t{1} << bit), 6 * page_bytes) << bit;
  }
  EXPECT_EQ(size_after(good ^ 0x101), (6 * page_bytes) ^ 0x101) << "more, but it covers them";
  EXPECT_EQ(size_after(5 * page_bytes + 1), 5 * page_bytes + 1) << "covers a byte of page 5";
  EXPECT_EQ(size_after(5 * page_bytes), 6 * page_bytes);
  EXPECT_EQ(size_after(uint64_t{9} << 60), 6 * page_bytes);
  EXPECT_EQ(size_after(max_file_pages * page_bytes), max_file_pages * page_bytes);
  EXPECT_EQ(size_after(seal(max_file_pages * page_bytes + 1)), 6 * page_bytes);
  EXPECT_EQ(size_after(~uint64_t{0}), 6 * page_bytes);
}

// Whatever was mended last, alone: it is durable when repair returns.
TEST_F(RepairTest, WhatIsMendedIsDurable) {
  Inode& a = image_.inode(a_);
  uint64_t* words[] = {&a.name_checksum,
                       &a.size_bytes,
                       &a.map_root,
                       &image_.entry(a_, 1),
                       &region_.log().commit,
                       &region_.superblock_at(0).blocks,
                       &region_.superblock_at(63).blocks};
  for (uint64_t* word : words) {
    const uint64_t good = *word;
    *word ^= 1;
    ImageMemory memory(64);
    memory.copy_from(image_.memory());
    *word = good;
    CrashStates crash(memory.bytes());
    auto region = Region::attach(memory.medium(), counters_).take();
    region->persist().observe(&crash);
    EXPECT_EQ(repair_region(*region, [](const Problem&) {}).problems, 1u);
    EXPECT_TRUE(std::ranges::equal(crash.durable(), memory.bytes()));
  }
}

// Power fails anywhere in it, and it is run again.
TEST_F(RepairTest, CutShortItCanBeRunAgain) {
  image_.entry(b_, 2) = image_.entry(a_, 1);
  image_.entry(a_, 0) ^= 0x10101;
  const uint32_t twin = image_.add_file("data-c", 0);
  const std::string_view long_name = "a name that takes more than one word";
  rename_raw(b_, long_name);
  rename_raw(twin, long_name);
  image_.inode(twin).size_bytes = 17;
  const uint32_t odd = image_.add_file("data-d", page_bytes);
  image_.add_page(odd, 0);
  image_.inode(odd).name[2] = '/';
  const uint32_t nameless = image_.add_file("data-e", page_bytes);
  image_.add_page(nameless, 0);
  rename_raw(nameless, "/");
  const uint32_t empty_twin = image_.add_file("data-f", 0);
  rename_raw(empty_twin, long_name);
  region_.log().commit = 3;
  region_.superblock_at(0).uuid[1] ^= 1;
  image_.inode(9).name_checksum = 4;

  ImageMemory memory(64);
  memory.copy_from(image_.memory());
  CrashStates crash(memory.bytes());
  auto region = Region::attach(memory.medium(), counters_).take();
  region->persist().observe(&crash);
  ASSERT_EQ(repair_region(*region, [](const Problem&) {}).left, 0u);
  auto expected = files_in(*region);
  EXPECT_EQ(expected.size(), 6u);
  EXPECT_EQ(expected.count("data-d"), 1u);
  EXPECT_EQ(expected.count("lost-2"), 1u);
  EXPECT_EQ(expected.count("lost-4"), 1u);
  EXPECT_GT(crash.images().size(), 60u);
  for (const auto& image : crash.images()) {
    std::ranges::copy(image, memory.bytes().begin());
    auto again = Region::attach(memory.medium(), counters_).take();
    ASSERT_EQ(repair_region(*again, [](const Problem&) {}).left, 0u);
    ASSERT_TRUE(recover(*again).ok());
    ASSERT_EQ(files_in(*again), expected);
  }
  std::ranges::copy(crash.durable(), memory.bytes().begin());
  auto again = Region::attach(memory.medium(), counters_).take();
  EXPECT_EQ(repair_region(*again, [](const Problem&) {}).problems, 0u) << "all was durable";
}

}  // namespace
}  // namespace daxlab
