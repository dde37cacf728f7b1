// What repair does to block maps.
#include "core/recovery/repair_test.h"

namespace daxlab {
namespace {

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

}  // namespace
}  // namespace daxlab
