#include "core/recovery/recovery.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "core/recovery/damaged_image.h"

namespace daxlab {
namespace {

class RecoveryTest : public testing::Test {
 protected:
  Counters counters_;
  ImageBuilder image_{64};
  Region& region_ = image_.region();
  uint32_t a_ = image_.add_file("a", 6 * page_bytes);
  ImageMemory memory_{64};

  void SetUp() override {
    for (uint64_t pgoff : {0u, 1u, 5u}) image_.add_page(a_, pgoff);
  }
  // As after a crash.
  std::unique_ptr<Region> attached() {
    memory_.copy_from(image_.memory());
    return Region::attach(memory_.medium(), counters_).take();
  }
};

TEST_F(RecoveryTest, TellsWhatIsUsedAndStoresNothing) {
  auto region = attached();
  auto recovery = recover(*region);
  ASSERT_TRUE(recovery.ok()) << recovery.error().message;
  EXPECT_EQ(recovery.value().used, (std::vector<Extent>{{region->first_data_block(), 4}}));
  EXPECT_FALSE(recovery.value().log_replayed || recovery.value().superblock_mended);
  EXPECT_EQ(recovery.value().freed_past_end_blocks, 0u);
  ImageMemory before(64);
  before.copy_from(image_.memory());
  EXPECT_TRUE(std::ranges::equal(memory_.bytes(), before.bytes()));
}

TEST_F(RecoveryTest, AFreshRegionUsesNothing) {
  ImageBuilder fresh(16);
  auto recovery = recover(fresh.region());
  ASSERT_TRUE(recovery.ok());
  EXPECT_TRUE(recovery.value().used.empty());
}

TEST_F(RecoveryTest, MendsEitherSuperblock) {
  for (uint64_t block : {uint64_t{0}, uint64_t{63}}) {
    auto region = attached();
    std::memset(&region->superblock_at(block), 0x5a, sizeof(Superblock));
    auto again = Region::attach(memory_.medium(), counters_);
    ASSERT_TRUE(again.ok()) << again.error().message;
    auto recovery = recover(*again.value());
    ASSERT_TRUE(recovery.ok()) << recovery.error().message;
    EXPECT_TRUE(recovery.value().superblock_mended);
    EXPECT_FALSE(superblock_is_damaged(*again.value(), block));
    EXPECT_FALSE(recover(*again.value()).value().superblock_mended);
  }
}

TEST_F(RecoveryTest, ReplaysTheLogBeforeItChecks) {
  const uint64_t fresh = image_.take_block();
  image_.commit_record({{image_.offset_of(image_.entry(a_, 1)), seal(fresh)},
                        {image_.offset_of(image_.inode(a_).size_bytes), seal(7 * page_bytes)}});
  image_.entry(a_, 1) = 12345;  // will be as the record says
  auto region = attached();
  auto recovery = recover(*region);
  ASSERT_TRUE(recovery.ok()) << recovery.error().message;
  EXPECT_TRUE(recovery.value().log_replayed);
  EXPECT_EQ(files_in(*region)["a"].blocks[1], fresh);
  EXPECT_EQ(files_in(*region)["a"].size_bytes, 7 * page_bytes);
  EXPECT_EQ(state_of_log(*region), LogState::idle);
  EXPECT_FALSE(recover(*region).value().log_replayed);
}

TEST_F(RecoveryTest, ADamagedLogIsAnError) {
  image_.commit_record({{image_.offset_of(image_.entry(a_, 1)), 0}});
  region_.log().sequence ^= 1;
  auto region = attached();
  auto recovery = recover(*region);
  ASSERT_FALSE(recovery.ok());
  EXPECT_EQ(recovery.error().message,
            "the region is damaged: 1 problem: block 1: the redo log holds a record that is not as "
            "it was written; `daxlab region fsck` lists all, and with --repair mends what it can");
}

TEST_F(RecoveryTest, DamageIsAnErrorAndNothingIsStored) {
  image_.entry(a_, 0) ^= 1;
  image_.inode(a_).size_bytes ^= 1;
  auto region = attached();
  auto recovery = recover(*region);
  ASSERT_FALSE(recovery.ok());
  EXPECT_TRUE(recovery.error().message.starts_with(
      "the region is damaged: 2 problems, the first: file 'a' (inode 0): the size is damaged"))
      << recovery.error().message;
  ImageMemory before(64);
  before.copy_from(image_.memory());
  EXPECT_TRUE(std::ranges::equal(memory_.bytes(), before.bytes()));
}

// All sizes and shapes: what is freed and what is used together are what was used before.
TEST_F(RecoveryTest, CutsFilesAtTheirEnds) {
  for (uint64_t pgoff :
       {uint64_t{511}, uint64_t{512}, uint64_t{513}, uint64_t{1} << 18, max_file_pages - 1}) {
    image_.add_page(a_, pgoff);
  }
  const uint32_t other = image_.add_file("other", 2 * page_bytes);
  image_.add_page(other, 0);
  image_.add_page(other, 2);
  const uint64_t before = check_region(region_, [](const Problem&) {}).used_blocks;
  for (uint64_t pages : {uint64_t{0}, uint64_t{1}, uint64_t{5}, uint64_t{6}, uint64_t{512},
                         uint64_t{513}, uint64_t{514}, uint64_t{1} << 27, max_file_pages}) {
    image_.inodes().set_size(a_, pages * page_bytes);
    auto region = attached();
    auto recovery = recover(*region);
    ASSERT_TRUE(recovery.ok()) << recovery.error().message;
    RegionContents after = check_region(*region, [](const Problem&) {});
    EXPECT_EQ(after.blocks_past_end, 0u);
    EXPECT_EQ(after.used, recovery.value().used);
    EXPECT_EQ(after.used_blocks + recovery.value().freed_past_end_blocks, before) << pages;
    EXPECT_GE(recovery.value().freed_past_end_blocks, 1u);
    auto files = files_in(*region);
    for (auto [pgoff, block] : files["a"].blocks) EXPECT_LT(pgoff, pages);
    EXPECT_EQ(files["other"].blocks.size(), 1u);
    EXPECT_EQ(files["a"].blocks.count(5), pages >= 6 ? 1u : 0u);
    EXPECT_EQ(recover(*region).value().freed_past_end_blocks, 0u);
  }
}

TEST_F(RecoveryTest, APartOfTheLastPageKeepsIt) {
  image_.inodes().set_size(a_, 5 * page_bytes + 1);
  EXPECT_EQ(recover(*attached()).value().freed_past_end_blocks, 0u);
  image_.inodes().set_size(a_, 5 * page_bytes);
  EXPECT_EQ(recover(*attached()).value().freed_past_end_blocks, 1u);
}

TEST_F(RecoveryTest, ALostSuperblockIsNotLookedAt) {
  for (uint64_t block : {uint64_t{0}, uint64_t{63}}) {
    memory_.copy_from(image_.memory());
    auto attached = Region::attach(memory_.medium(), counters_, BadBlocks({block}));
    ASSERT_TRUE(attached.ok()) << attached.error().message;
    const std::unique_ptr<Region> region = attached.take();
    EXPECT_EQ(region->found().primary_is_good, block != 0);
    EXPECT_EQ(region->found().copy_is_good, block == 0);
    region->set_bad_blocks(BadBlocks({block}));
    std::memset(&region->superblock_at(block), 0x5a, sizeof(Superblock));  // whatever is there
    const auto recovery = recover(*region);
    ASSERT_TRUE(recovery.ok()) << recovery.error().message;
    EXPECT_FALSE(recovery.value().superblock_mended);
  }
}

TEST_F(RecoveryTest, AReadOnlyFeatureForbidsIt) {
  for (uint64_t block : {uint64_t{0}, uint64_t{63}}) {
    Superblock& super = region_.superblock_at(block);
    super.features_read_only = 4;
    super.checksum =
        checksum_of(std::as_bytes(std::span(&super, 1)).first(offsetof(Superblock, checksum)));
  }
  image_.commit_record({{image_.offset_of(image_.entry(a_, 1)), 0}});
  auto region = attached();
  EXPECT_TRUE(region->is_read_only());
  auto recovery = recover(*region);
  ASSERT_FALSE(recovery.ok());
  EXPECT_EQ(recovery.error().message, "the region is read-only: it can be looked at, not used");
  EXPECT_EQ(prepare_to_read(*region), LogState::committed);
  EXPECT_EQ(state_of_log(*region), LogState::committed) << "its medium is writable: left alone";
  EXPECT_EQ(repair_region(*region, [](const Problem&) {}).problems, 0u);
}

// Power fails anywhere in it, and it is done again.
TEST_F(RecoveryTest, CutShortItIsDoneAgain) {
  for (uint64_t pgoff : {uint64_t{511}, uint64_t{512}, uint64_t{1} << 18}) {
    image_.add_page(a_, pgoff);
  }
  const uint32_t other = image_.add_file("other", page_bytes);
  for (uint64_t pgoff : {0u, 1u}) image_.add_page(other, pgoff);
  const uint64_t fresh = image_.take_block();
  uint64_t* leaf = region_.words_of(image_.root_of(other));
  image_.commit_record({{image_.offset_of(leaf[0]), seal(fresh)},
                        {image_.offset_of(image_.inode(a_).size_bytes), seal(512 * page_bytes)}});
  std::memset(&region_.superblock_at(0), 0, sizeof(Superblock));
  auto region = attached();
  CrashStates crash(memory_.bytes());
  region->persist().observe(&crash);
  auto recovery = recover(*region);
  ASSERT_TRUE(recovery.ok()) << recovery.error().message;
  EXPECT_TRUE(recovery.value().log_replayed && recovery.value().superblock_mended);
  EXPECT_GE(recovery.value().freed_past_end_blocks, 5u);
  auto expected = files_in(*region);
  EXPECT_GT(crash.images().size(), 20u);
  for (const auto& image : crash.images()) {
    std::ranges::copy(image, memory_.bytes().begin());
    auto again = Region::attach(memory_.medium(), counters_).take();
    auto done = recover(*again);
    ASSERT_TRUE(done.ok()) << done.error().message;
    ASSERT_EQ(done.value().used, recovery.value().used);
    ASSERT_EQ(files_in(*again), expected);
  }
  std::ranges::copy(crash.durable(), memory_.bytes().begin());
  auto last = recover(*Region::attach(memory_.medium(), counters_).take());
  ASSERT_TRUE(last.ok());
  EXPECT_FALSE(last.value().log_replayed || last.value().superblock_mended);
  EXPECT_EQ(last.value().freed_past_end_blocks, 0u) << "all was durable";
}

// The log is replayed in this process's memory; the file stays as it is.
TEST_F(RecoveryTest, PreparesToReadInPrivate) {
  const uint64_t fresh = image_.take_block();
  image_.commit_record({{image_.offset_of(image_.entry(a_, 1)), seal(fresh)}});
  std::string pattern = testing::TempDir() + "daxlab_recovery_XXXXXX";
  ASSERT_NE(mkdtemp(pattern.data()), nullptr);
  const std::filesystem::path path = std::filesystem::path(pattern) / "region";
  memory_.copy_from(image_.memory());
  auto bytes = memory_.bytes();
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()), static_cast<long>(bytes.size()));
  for (int round = 0; round < 2; ++round) {
    auto medium = Medium::open(path, Access::read_only);
    ASSERT_TRUE(medium.ok()) << medium.error().message;
    auto region = Region::attach(medium.take(), counters_).take();
    EXPECT_FALSE(recover(*region).ok());
    EXPECT_EQ(prepare_to_read(*region), LogState::committed) << "also the second time";
    EXPECT_EQ(state_of_log(*region), LogState::idle);
    EXPECT_EQ(files_in(*region)["a"].blocks[1], fresh);
    EXPECT_TRUE(problems_of(*region).empty());
    EXPECT_EQ(repair_region(*region, [](const Problem&) {}).left, 0u);
  }
  std::filesystem::remove_all(pattern);
}

}  // namespace
}  // namespace daxlab
