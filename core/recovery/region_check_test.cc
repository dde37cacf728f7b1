#include "core/recovery/region_check.h"

#include <gtest/gtest.h>

#include "core/recovery/block_claims.h"
#include "core/recovery/damaged_image.h"

namespace daxlab {
namespace {

class RegionCheckTest : public testing::Test {
 protected:
  ImageBuilder image_{64};
  Region& region_ = image_.region();
  uint32_t a_ = image_.add_file("a", 6 * page_bytes);
  uint32_t b_ = image_.add_file("b", 3 * page_bytes + 1);

  void SetUp() override {
    for (uint64_t pgoff : {0u, 1u, 5u}) image_.add_page(a_, pgoff);
    for (uint64_t pgoff : {2u, 3u}) image_.add_page(b_, pgoff);
    ASSERT_TRUE(problems_of(region_).empty());
  }
  // The only one.
  Problem problem() {
    std::vector<Problem> problems = problems_of(region_);
    EXPECT_EQ(problems.size(), 1u);
    for (const Problem& problem : problems) {
      EXPECT_FALSE(problem.remedy.empty()) << problem.what;
      EXPECT_FALSE(problem.where.empty() || problem.what.empty());
    }
    return problems.empty() ? Problem{} : problems[0];
  }
  RegionContents contents() {
    return check_region(region_, [](const Problem&) {});
  }
};

TEST_F(RegionCheckTest, CountsWhatIsThere) {
  RegionContents contents = this->contents();
  EXPECT_EQ(contents.files, 2u);
  EXPECT_EQ(contents.problems, 0u);
  EXPECT_EQ(contents.used_blocks, 7u);
  EXPECT_EQ(contents.blocks_past_end, 0u);
  ASSERT_EQ(contents.used.size(), 1u);
  EXPECT_EQ(contents.used[0], (Extent{region_.first_data_block(), 7}));
}

TEST_F(RegionCheckTest, ExtentsAreWholeRuns) {
  BlockClaims claims(300);
  std::vector<Extent> expected = {{3, 1}, {60, 8}, {127, 1}, {129, 64}, {255, 45}};
  for (Extent extent : expected) {
    for (uint64_t block = extent.block; block < extent.end(); ++block) {
      EXPECT_TRUE(claims.claim(block));
      EXPECT_FALSE(claims.claim(block));
    }
  }
  EXPECT_EQ(claims.extents(), expected);
  EXPECT_TRUE(claims.has(60));
  EXPECT_FALSE(claims.has(59));
  EXPECT_TRUE(BlockClaims(64).extents().empty());
}

TEST_F(RegionCheckTest, BlocksPastTheEndAreNoProblem) {
  const uint64_t size = 5 * page_bytes;
  image_.inodes().set_size(a_, size);
  RegionContents contents = this->contents();
  EXPECT_EQ(contents.problems, 0u);
  EXPECT_EQ(contents.blocks_past_end, 1u);
  EXPECT_EQ(contents.inodes_past_end, std::vector<uint32_t>{a_});
  image_.inodes().set_size(a_, 0);
  EXPECT_EQ(this->contents().blocks_past_end, 4u) << "the node too";
}

TEST_F(RegionCheckTest, AFreeInodeUsesNothing) {
  image_.inode(a_).name_checksum = 0;
  image_.inode(a_).size_bytes = ~uint64_t{0};
  EXPECT_EQ(contents().problems, 0u);
  EXPECT_EQ(contents().used_blocks, 3u);
  EXPECT_EQ(contents().files, 1u);
}

TEST_F(RegionCheckTest, NamesEverySuperblock) {
  region_.superblock_at(0).blocks ^= 1;
  EXPECT_EQ(problem().kind, ProblemKind::superblock);
  EXPECT_EQ(problem().where, "block 0");
  region_.superblock_at(0).blocks ^= 1;
  region_.superblock_at(63).uuid[3] ^= 1;
  EXPECT_EQ(problem().where, "block 63");
}

TEST_F(RegionCheckTest, NamesTheLog) {
  region_.log().commit = 77;
  EXPECT_EQ(problem().kind, ProblemKind::log);
  EXPECT_EQ(problem().where, "block 1");
}

TEST_F(RegionCheckTest, NamesBadNames) {
  Inode& inode = image_.inode(a_);
  const Inode good = inode;
  auto with_name = [&](std::string_view bytes) {
    std::memset(inode.name, 0, sizeof inode.name);
    std::memcpy(inode.name, bytes.data(), bytes.size());
    inode.name_checksum = checksum_of_name(inode);
    Problem found = problem();
    EXPECT_EQ(found.kind, ProblemKind::inode_name) << bytes;
    return found;
  };
  EXPECT_EQ(with_name("x/y").what, "no file can have this name");
  with_name("");
  with_name(std::string_view("x\0y", 3));
  EXPECT_EQ(with_name(std::string(64, 'x')).where, "file '" + std::string(64, 'x') + "' (inode 0)");
  inode = good;
  inode.name[0] = '\x1b';
  EXPECT_EQ(problem().where, "file '\\x1b' (inode 0)");
  EXPECT_EQ(problem().what, "the name and its checksum differ");
  inode = good;
  inode.name_checksum ^= 1;
  EXPECT_EQ(problem().kind, ProblemKind::inode_name);
}

TEST_F(RegionCheckTest, NamesSecondNames) {
  Inode& inode = image_.inode(b_);
  std::memcpy(inode.name, image_.inode(a_).name, sizeof inode.name);
  inode.name_checksum = image_.inode(a_).name_checksum;
  EXPECT_EQ(problem().kind, ProblemKind::name_twice);
  EXPECT_EQ(problem().where, "file 'a' (inode 1)");
  EXPECT_EQ(problem().remedy, "becomes 'lost-1'");
}

TEST_F(RegionCheckTest, NamesBadSizes) {
  uint64_t& size = image_.inode(a_).size_bytes;
  size ^= uint64_t{1} << 60;
  EXPECT_EQ(problem().kind, ProblemKind::file_size);
  size = seal(max_checked_value);
  EXPECT_EQ(problem().what, "281474976710655 bytes are more than a file can have");
  size = seal(max_file_pages * page_bytes + 1);
  EXPECT_EQ(problem().kind, ProblemKind::file_size);
  size = seal(max_file_pages * page_bytes);
  EXPECT_TRUE(problems_of(region_).empty());
}

TEST_F(RegionCheckTest, NamesBadRoots) {
  Inode& inode = image_.inode(a_);
  const uint64_t root = image_.root_of(a_);
  inode.map_root ^= 1;
  EXPECT_EQ(problem().kind, ProblemKind::map_root);
  EXPECT_EQ(problem().where, "file 'a' (inode 0)");
  const uint64_t bad_words[] = {
      image_.root_word(root, 0), image_.root_word(root, 5),
      image_.root_word(root, 7), image_.root_word(0, 1),
      image_.root_word(1, 1),    image_.root_word(63, 1),
      image_.root_word(64, 1),   image_.root_word((max_checked_value >> 3), 4),
  };
  for (uint64_t bad : bad_words) {
    inode.map_root = bad;
    EXPECT_EQ(problem().kind, ProblemKind::map_root) << std::hex << bad;
    EXPECT_EQ(contents().used_blocks, 3u);
  }
}

TEST_F(RegionCheckTest, AlikeEntriesOfANodeAreOneProblem) {
  image_.entry(a_, 0) ^= 1;
  image_.entry(a_, 1) ^= uint64_t{1} << 63;
  image_.entry(a_, 5) ^= 4;
  Problem found = problem();
  EXPECT_EQ(found.kind, ProblemKind::map_entry);
  EXPECT_EQ(found.where, "file 'a' (inode 0), pages 0 to 5");
  EXPECT_TRUE(found.what.ends_with("; 2 more of its node are like it")) << found.what;
  EXPECT_EQ(found.remedy, "is put right if one byte of it is wrong; else becomes a hole");
}

TEST_F(RegionCheckTest, NamesEntriesThatMislead) {
  const uint64_t first = region_.first_data_block();
  for (uint64_t block : {uint64_t{1}, first - 1, uint64_t{63}, uint64_t{64}, max_checked_value}) {
    image_.entry(b_, 2) = seal(block);
    EXPECT_EQ(problem().kind, ProblemKind::map_entry) << block;
    EXPECT_EQ(problem().where, "file 'b' (inode 1), page 2");
  }
}

TEST_F(RegionCheckTest, NamesEntriesPastTheLimit) {
  image_.add_page(a_, max_file_pages - 1);
  EXPECT_EQ(contents().problems, 0u);
  EXPECT_EQ(contents().blocks_past_end, 4u) << "a page, and the three nodes that lead there only";
  image_.entry(a_, 2) = seal(40);
  EXPECT_EQ(problem().kind, ProblemKind::map_entry);
  EXPECT_EQ(problem().what, "the map's entry speaks of pages that no file can have");
}

TEST_F(RegionCheckTest, NamesSharedBlocks) {
  const uint64_t of_b = image_.entry(b_, 2);
  image_.entry(b_, 2) = image_.entry(a_, 1);
  EXPECT_EQ(problem().kind, ProblemKind::block_shared);
  EXPECT_EQ(problem().where, "file 'b' (inode 1), page 2");
  image_.entry(b_, 2) = image_.entry(b_, 3);  // with itself
  EXPECT_EQ(problem().where, "file 'b' (inode 1), page 3");
  image_.entry(b_, 2) = of_b;
  image_.inode(b_).map_root = image_.inode(a_).map_root;
  EXPECT_EQ(problem().kind, ProblemKind::block_shared);
  EXPECT_EQ(problem().remedy, "the file becomes one hole");
}

TEST_F(RegionCheckTest, AFileInDoubtHasNoRightToBlocksOfOthers) {
  image_.inode(a_).name_checksum ^= 1;
  image_.entry(a_, 1) = image_.entry(b_, 2);
  std::vector<Problem> problems = problems_of(region_);
  ASSERT_EQ(problems.size(), 2u);
  EXPECT_EQ(problems[0].kind, ProblemKind::inode_name);
  EXPECT_EQ(problems[1].where, "file 'a' (inode 0), page 1") << "though it comes before b";
  EXPECT_EQ(problems[1].remedy, "becomes a hole");
}

TEST_F(RegionCheckTest, CirclesEnd) {
  const uint64_t root = image_.root_of(a_);
  for (uint64_t height = 1; height <= max_map_height; ++height) {
    image_.inode(a_).map_root = image_.root_word(root, height);
    for (uint64_t i = 0; i < map_fanout; ++i) region_.words_of(root)[i] = seal(root);
    EXPECT_GE(problems_of(region_).size(), 1u);
    EXPECT_LE(problems_of(region_).size(), 2u);
    EXPECT_EQ(contents().used_blocks, 4u);
  }
}

// Every entry of every node leads to every node: 512 to the power of 4 ways.
TEST_F(RegionCheckTest, NodesThatAllLeadToAllEnd) {
  ImageBuilder image(1024);
  const uint32_t file = image.add_file("knot", 1);
  Region& region = image.region();
  const uint64_t first = region.first_data_block();
  for (uint64_t block = first; block < region.end_data_block(); ++block) {
    for (uint64_t i = 0; i < map_fanout; ++i) {
      region.words_of(block)[i] = seal(first + (i * 7 + block) % region.data_blocks());
    }
  }
  image.inode(file).map_root = ImageBuilder::root_word(first, max_map_height);
  RegionContents contents = check_region(region, [](const Problem&) {});
  EXPECT_GT(contents.problems, 100u);
  EXPECT_LE(contents.used_blocks, region.data_blocks());
}

TEST_F(RegionCheckTest, AllOnes) {
  std::memset(region_.inodes(), 0xff, region_.inode_count() * sizeof(Inode));
  RegionContents contents = this->contents();
  EXPECT_EQ(contents.problems, uint64_t{3} * region_.inode_count());
  EXPECT_EQ(contents.used_blocks, 0u);
}

TEST(ProblemKinds, HaveNames) {
  for (uint32_t kind = 0; kind <= static_cast<uint32_t>(ProblemKind::bad_block); ++kind) {
    EXPECT_STRNE(name_of(static_cast<ProblemKind>(kind)), "?");
  }
}

}  // namespace
}  // namespace daxlab
