#include "core/recovery/repair.h"

#include <gtest/gtest.h>

#include "core/recovery/damaged_image.h"

namespace daxlab {
namespace {

class RepairTest : public testing::Test {
 protected:
  Counters counters_;
  ImageBuilder image_{64};
  Region& region_ = image_.region();
  uint32_t a_ = image_.add_file("data-a", 6 * page_bytes);
  uint32_t b_ = image_.add_file("data-b", 3 * page_bytes + 1);
  std::map<std::string, FileContents> before_;
  std::vector<Problem> reported_;

  void SetUp() override {
    for (uint64_t pgoff : {0u, 1u, 5u}) image_.add_page(a_, pgoff);
    for (uint64_t pgoff : {2u, 3u}) image_.add_page(b_, pgoff);
    before_ = files_in(region_);
  }
  RepairResult repair() {
    reported_.clear();
    return repair_region(region_, [this](const Problem& problem) { reported_.push_back(problem); });
  }
  // Mends all; afterwards the region can be used, and a second run finds nothing.
  std::map<std::string, FileContents> repaired(uint64_t problems) {
    RepairResult result = repair();
    EXPECT_EQ(result.left, 0u);
    EXPECT_EQ(result.problems, problems);
    EXPECT_EQ(reported_.size(), problems);
    for (const Problem& problem : reported_) EXPECT_FALSE(problem.remedy.empty()) << problem.what;
    std::vector<Problem> reported = reported_;
    EXPECT_TRUE(problems_of(region_).empty());
    EXPECT_EQ(repair().problems, 0u);
    reported_ = reported;
    EXPECT_TRUE(recover(region_).ok());
    return files_in(region_);
  }
  void rename_raw(uint32_t number, std::string_view name) {
    Inode& inode = image_.inode(number);
    std::memset(inode.name, 0, sizeof inode.name);
    std::memcpy(inode.name, name.data(), name.size());
    inode.name_checksum = checksum_of_name(inode);
  }
};

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
  LogHeader& header = region_.log();
  header.words = 1;
  *reinterpret_cast<LogWord*>(&header + 1) = {
      static_cast<uint64_t>(reinterpret_cast<std::byte*>(&image_.inode(a_).size_bytes) -
                            region_.address_of(0)),
      seal(7 * page_bytes)};
  const auto* from = reinterpret_cast<const std::byte*>(&header.words);
  header.commit = checksum_of({from, sizeof header - 8 + sizeof(LogWord)});
  EXPECT_EQ(repaired(0)["data-a"].size_bytes, 7 * page_bytes);
}

TEST_F(RepairTest, ANameWithOneWrongByteComesBack) {
  for (size_t i = 0; i < sizeof(Inode::name); ++i) {
    image_.inode(a_).name[i] = static_cast<char>(image_.inode(a_).name[i] ^ 3);
    EXPECT_EQ(repaired(1), before_) << i;
    EXPECT_EQ(reported_[0].remedy, "has its name 'data-a' again");
  }
}

TEST_F(RepairTest, ADamagedChecksumIsSealedAnew) {
  image_.inode(a_).name_checksum ^= 0x100;
  EXPECT_EQ(repaired(1), before_);
  EXPECT_EQ(reported_[0].remedy, "keeps the name as it stands");
  std::memcpy(image_.inode(a_).name, "text", 4);  // more than a byte
  auto files = repaired(1);
  EXPECT_EQ(files["text-a"], before_["data-a"]);
  EXPECT_EQ(files["data-b"], before_["data-b"]);
}

TEST_F(RepairTest, AnImpossibleNameBecomesLost) {
  for (std::string_view name :
       {std::string_view(""), std::string_view("x/y"), std::string_view("x\0y", 3)}) {
    rename_raw(a_, name);
    auto files = repaired(1);
    EXPECT_EQ(files.size(), 2u);
    EXPECT_EQ(files["lost-0"], before_["data-a"]);
    EXPECT_EQ(files["data-b"], before_["data-b"]);
  }
}

TEST_F(RepairTest, LostNamesAreNewNames) {
  image_.add_file("lost-0", 5);
  image_.add_file("lost-0-2", 6);
  rename_raw(a_, "/");
  EXPECT_EQ(repaired(1)["lost-0-3"], before_["data-a"]);
}

TEST_F(RepairTest, AnInodeThatHoldsNothingIsFreed) {
  std::memset(&image_.inode(7), 0xff, sizeof(Inode));
  EXPECT_EQ(repaired(3), before_);
  EXPECT_FALSE(is_taken(image_.inode(7)));
  const uint32_t empty = image_.add_file("empty", 0);
  image_.inode(empty).name_checksum = 0x505;
  EXPECT_EQ(repaired(1).count("empty"), 1u) << "a file may be empty";
}

TEST_F(RepairTest, TheSecondOfANameBecomesLost) {
  image_.add_file("data-c", 0);
  rename_raw(b_, "data-a");
  rename_raw(2, "data-a");
  auto files = repaired(2);
  EXPECT_EQ(files["data-a"], before_["data-a"]);
  EXPECT_EQ(files["lost-1"], before_["data-b"]);
  EXPECT_EQ(files.count("lost-2"), 1u);
}

// A file that was removed shortly before a crash; its blocks are others' by now.
TEST_F(RepairTest, AFreeInodeThatSeemsTakenGetsNoBlockOfOthers) {
  Inode& inode = image_.inode(0);
  const Inode& other = image_.inode(b_);
  inode.name_checksum = 99;
  inode.map_root = ImageBuilder::root_word(image_.entry(b_, 2) & max_checked_value, 1);
  auto files = repaired(2);
  EXPECT_EQ(files["data-b"], before_["data-b"]);
  EXPECT_TRUE(files["data-a"].blocks.empty());
  inode.map_root = other.map_root;
  inode.name_checksum = 99;
  EXPECT_EQ(repaired(2)["data-b"], before_["data-b"]);
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

TEST_F(RepairTest, DamagedEntriesBecomeHoles) {
  image_.entry(a_, 1) ^= 0x10101;
  auto files = repaired(1);
  EXPECT_EQ(reported_[0].where, "file 'data-a' (inode 0), page 1");
  EXPECT_EQ(reported_[0].remedy, "becomes a hole");
  before_["data-a"].blocks.erase(1);
  before_["data-a"].data.erase(1);
  EXPECT_EQ(files, before_);
  image_.inode(a_).map_root ^= 0x10108;
  EXPECT_TRUE(repaired(1)["data-a"].blocks.empty());
  EXPECT_EQ(files_in(region_)["data-b"], before_["data-b"]);
}

// What was under a root is found first: its blocks are not to be given to somebody else's copy.
TEST_F(RepairTest, OneWrongByteIsPutRight) {
  image_.inode(a_).map_root ^= 0x7f00;
  image_.entry(b_, 2) = image_.entry(b_, 3);  // shared with itself
  const uint64_t hole = image_.entry(b_, 100);
  ASSERT_EQ(hole, 0u);
  image_.entry(b_, 100) ^= uint64_t{3} << 40;
  auto files = repaired(3);
  EXPECT_EQ(reported_[0].where, "file 'data-a' (inode 0)");
  EXPECT_EQ(reported_[0].remedy, "one byte of it was wrong, and is put right");
  EXPECT_EQ(files["data-a"], before_["data-a"]);
  EXPECT_EQ(files["data-b"].data[2], before_["data-b"].data[3]);
  EXPECT_EQ(files["data-b"].data[3], before_["data-b"].data[3]);
  EXPECT_FALSE(files["data-b"].blocks.contains(100));
}

TEST_F(RepairTest, TheSecondUserOfABlockGetsItsOwn) {
  image_.entry(b_, 2) = image_.entry(a_, 1);
  auto files = repaired(1);
  EXPECT_EQ(files["data-a"], before_["data-a"]);
  EXPECT_EQ(files["data-b"].data[2], before_["data-a"].data[1]);
  EXPECT_NE(files["data-b"].blocks[2], before_["data-a"].blocks[1]);
  EXPECT_EQ(files["data-b"].data[3], before_["data-b"].data[3]);
}

TEST_F(RepairTest, EachCopyGetsABlock) {
  image_.entry(b_, 2) = image_.entry(a_, 1);
  image_.entry(b_, 3) = image_.entry(a_, 5);
  image_.entry(b_, 0) = image_.entry(a_, 0);
  auto files = repaired(1);
  EXPECT_EQ(reported_[0].where, "file 'data-b' (inode 1), pages 0 to 3");
  EXPECT_EQ(files["data-a"], before_["data-a"]);
  EXPECT_EQ(files["data-b"].data[2], before_["data-a"].data[1]);
  EXPECT_EQ(files["data-b"].data[3], before_["data-a"].data[5]);
  EXPECT_EQ(files["data-b"].data[0], before_["data-a"].data[0]);
}

TEST_F(RepairTest, WithoutAFreeBlockSharingStays) {
  image_.entry(b_, 2) = image_.entry(a_, 1);
  image_.entry(a_, 0) ^= 0x10101;
  const uint32_t full = image_.add_file("full", 50 * page_bytes);
  RegionContents contents = check_region(region_, [](const Problem&) {});
  const uint64_t end = contents.used.back().end();
  image_.add_page(full, 0);
  for (uint64_t block = end + 2, pgoff = 1; block < region_.end_data_block(); ++block, ++pgoff) {
    image_.entry(full, pgoff) = seal(block);
  }
  image_.entry(full, 500) = seal(before_["data-a"].blocks[0]);
  image_.entry(full, 501) = seal(before_["data-b"].blocks[2]);
  RepairResult result = repair();
  EXPECT_EQ(result.problems, 2u);
  EXPECT_EQ(result.left, 1u);
  ASSERT_EQ(reported_.size(), 2u);
  EXPECT_EQ(reported_[0].kind, ProblemKind::map_entry);
  EXPECT_EQ(reported_[1].kind, ProblemKind::block_shared);
  EXPECT_EQ(reported_[1].remedy, "");
  EXPECT_FALSE(recover(region_).ok());
  image_.entry(full, 500) = 0;  // room
  EXPECT_EQ(repaired(1)["data-b"].data[2], before_["data-a"].data[1]);
}

TEST_F(RepairTest, ANodeThatTwoFilesShareStaysWithTheFirst) {
  image_.inode(b_).map_root = image_.inode(a_).map_root;
  auto files = repaired(1);
  EXPECT_EQ(files["data-a"], before_["data-a"]);
  EXPECT_TRUE(files["data-b"].blocks.empty());
}

// Either way around: a page of the first file is the root of the second, or the other way around.
TEST_F(RepairTest, ABlockThatIsDataAndNodeServesBoth) {
  image_.entry(a_, 1) = seal(image_.root_of(b_));
  const uint64_t as_data = checksum_of({region_.address_of(image_.root_of(b_)), block_bytes});
  auto files = repaired(1);
  EXPECT_EQ(files["data-a"].data[1], as_data);
  EXPECT_EQ(files["data-b"], before_["data-b"]);

  image_.entry(b_, 2) = seal(image_.root_of(a_));
  const uint64_t other_data = checksum_of({region_.address_of(image_.root_of(a_)), block_bytes});
  EXPECT_EQ(repaired(1)["data-b"].data[2], other_data);
}

// The bytes of the first file's page are nonsense as a map: they stay as they are.
TEST_F(RepairTest, DataThatIsTakenForANodeIsNotMended) {
  image_.inode(b_).map_root = ImageBuilder::root_word(before_["data-a"].blocks[1], 1);
  RepairResult result = repair();
  EXPECT_EQ(result.left, 0u);
  EXPECT_GE(result.problems, 2u);
  EXPECT_TRUE(problems_of(region_).empty());
  auto files = files_in(region_);
  EXPECT_EQ(files["data-a"], before_["data-a"]);
  EXPECT_TRUE(files["data-b"].data.empty());
}

TEST_F(RepairTest, TheSameWhenTheNodeComesFirst) {
  image_.inode(a_).map_root = ImageBuilder::root_word(before_["data-b"].blocks[2], 3);
  EXPECT_EQ(repair().left, 0u);
  auto files = files_in(region_);
  EXPECT_EQ(files["data-b"].data, before_["data-b"].data);
  EXPECT_EQ(files["data-b"].size_bytes, before_["data-b"].size_bytes);
  EXPECT_TRUE(files["data-a"].data.empty());
}

TEST_F(RepairTest, CirclesAreCut) {
  for (uint64_t height = 1; height <= max_map_height; ++height) {
    const uint64_t root = image_.root_of(a_);
    image_.inode(a_).map_root = ImageBuilder::root_word(root, height);
    image_.entry(a_, 1) = seal(root);
    RepairResult result = repair();
    EXPECT_EQ(result.left, 0u);
    EXPECT_GE(result.problems, 1u);
    EXPECT_TRUE(recover(region_).ok());
    EXPECT_EQ(files_in(region_)["data-b"], before_["data-b"]);
  }
}

// Each leaf has the one before it as a page: the last one has to be mended first, and so on.
TEST_F(RepairTest, AChainOfLeavesIsTakenApart) {
  constexpr uint64_t leaves = 400;
  ImageBuilder image(3 * leaves);
  Region& region = image.region();
  const uint32_t chain = image.add_file("chain", leaves * map_fanout * page_bytes);
  const uint64_t root = image.take_block();
  std::memset(region.words_of(root), 0, block_bytes);
  std::vector<uint64_t> leaf;
  for (uint64_t i = 0; i < leaves; ++i) {
    leaf.push_back(image.take_block());
    std::memset(region.words_of(leaf[i]), 0, block_bytes);
    region.words_of(root)[i] = seal(leaf[i]);
    if (i > 0) region.words_of(leaf[i])[0] = seal(leaf[i - 1]);
  }
  image.inode(chain).map_root = ImageBuilder::root_word(root, 2);
  const uint64_t before_bytes = image.counters().sum(Counter::bytes_persisted);
  const RepairResult result = repair_region(region, [](const Problem&) {});
  EXPECT_EQ(result.problems, leaves - 1);
  EXPECT_EQ(result.left, 0u);
  ASSERT_TRUE(recover(region).ok());
  EXPECT_EQ(files_in(region)["chain"].data.size(), leaves - 1);
  // All in one round of copies and one look at what is left; not one round for each leaf.
  const uint64_t stored_bytes = image.counters().sum(Counter::bytes_persisted) - before_bytes;
  EXPECT_LE(stored_bytes, 2 * leaves * block_bytes);
}

TEST_F(RepairTest, NodesThatAreEachOthersPagesAreTakenApart) {
  image_.entry(a_, 1) = seal(image_.root_of(b_));
  image_.entry(b_, 2) = seal(image_.root_of(a_));
  RepairResult result = repair();
  EXPECT_EQ(result.left, 0u);
  EXPECT_EQ(result.problems, 2u);
  EXPECT_TRUE(recover(region_).ok());
  EXPECT_EQ(files_in(region_)["data-a"].data[0], before_["data-a"].data[0]);
  EXPECT_EQ(files_in(region_)["data-b"].data[3], before_["data-b"].data[3]);
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

TEST_F(RepairTest, AFreeInodeWithOneWrongByteIsFreeAgain) {
  Inode& inode = image_.inode(image_.add_file("gone", 2 * page_bytes));
  inode.name_checksum = uint64_t{0x5a} << 16;
  auto files = repaired(1);
  EXPECT_EQ(inode.name_checksum, 0u);
  EXPECT_EQ(files, before_);
}

}  // namespace
}  // namespace daxlab
