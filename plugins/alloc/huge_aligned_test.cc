#include "plugins/alloc/allocator_contract_test.h"

namespace daxlab {
namespace {

constexpr uint64_t huge_run_blocks = 512;

// Runs 1 to 9 are whole; run 0 begins with block 5, and run 10 ends early.
class HugeAlignedTest : public testing::Test {
 protected:
  static constexpr Geometry geometry{5, 10 * huge_run_blocks + 100};
  TestAllocator allocator_;

  void SetUp() override { ASSERT_TRUE(allocator_->init(geometry).ok()); }
  Extent ask(uint64_t goal, uint64_t min, uint64_t max, uint64_t alignment = 1) {
    return allocator_->allocate({goal, min, max, alignment}).take();
  }
  static uint64_t run_of(Extent extent) { return extent.block / huge_run_blocks; }
};

TEST_F(HugeAlignedTest, DeclaresItself) {
  EXPECT_STREQ(daxlab_alloc_abi2.info.name, "huge_aligned");
  EXPECT_EQ(daxlab_alloc_abi2.info.flags, PluginFlags::signal_safe);
}

TEST_F(HugeAlignedTest, GivesWholeRunsToLargeRequests) {
  EXPECT_EQ(ask(0, 1, huge_run_blocks, huge_run_blocks),
            (Extent{huge_run_blocks, huge_run_blocks}));
  EXPECT_EQ(ask(0, 1, 2 * huge_run_blocks + 100),
            (Extent{2 * huge_run_blocks, 2 * huge_run_blocks}));
  EXPECT_EQ(ask(7 * huge_run_blocks, 1, huge_run_blocks),
            (Extent{7 * huge_run_blocks, huge_run_blocks}))
      << "the goal";
  // Whole are 4, 5, 6 and 8, 9: the shorter series is the one that is cut.
  EXPECT_EQ(ask(0, 1, huge_run_blocks), (Extent{8 * huge_run_blocks, huge_run_blocks}));
  EXPECT_EQ(ask(0, 1, 4 * huge_run_blocks), (Extent{4 * huge_run_blocks, 3 * huge_run_blocks}));
}

TEST_F(HugeAlignedTest, FillsHolesWithSmallRequests) {
  for (uint64_t i = 0; i < 200; ++i) {
    const Extent extent = ask(0, 1, 1 + i % 2);
    EXPECT_TRUE(run_of(extent) == 0 || run_of(extent) == 10) << extent.block;
  }
}

TEST_F(HugeAlignedTest, BreaksARunOnlyWhenHolesAreFew) {
  ASSERT_TRUE(allocator_->mark_used({5, huge_run_blocks - 5}).ok());
  ASSERT_TRUE(allocator_->mark_used({10 * huge_run_blocks, 100}).ok());
  // There is no hole at all.
  const Extent first = ask(0, 1, 40);
  EXPECT_EQ(first, (Extent{huge_run_blocks, 40}));
  // 472 of 4568 free blocks are in holes now, and that is no longer few: cut to the hole.
  EXPECT_EQ(ask(0, 1, 500), (Extent{huge_run_blocks + 40, 472}));
  EXPECT_EQ(ask(0, 450, 450), (Extent{2 * huge_run_blocks, 450})) << "no hole is left";
  EXPECT_EQ(ask(0, 63, 100), (Extent{3 * huge_run_blocks, 100})) << "62 of 3646 are few";
}

TEST_F(HugeAlignedTest, LeavesRunsAloneThatWereGivenWhole) {
  const Extent whole = ask(0, huge_run_blocks, huge_run_blocks);
  allocator_->free({whole.block + 100, 50});
  EXPECT_NE(run_of(ask(0, 1, 50)), run_of(whole));
  EXPECT_NE(run_of(ask(0, 1, 1)), run_of(whole));
  EXPECT_EQ(ask(whole.block + 100, 1, 50), (Extent{whole.block + 100, 50}))
      << "but for the file that was there";
}

TEST_F(HugeAlignedTest, UsesHolesOfThoseRunsWhenNothingElseIsLeft) {
  ASSERT_TRUE(allocator_->mark_used({5, geometry.end_block - 5}).ok());
  allocator_->free({3 * huge_run_blocks + 7, 20});
  EXPECT_EQ(ask(0, 1, 5), (Extent{3 * huge_run_blocks + 7, 5}));
  EXPECT_EQ(ask(0, 1, 500), (Extent{3 * huge_run_blocks + 12, 15}));
  EXPECT_EQ(allocator_->allocate({0, 1, 1, 1}).code(), ErrorCode::no_space);
}

TEST_F(HugeAlignedTest, KeepsCrumbsAndLargerExtentsApart) {
  // Both broken: one with an extent of 460 blocks in it, one with a block.
  ASSERT_TRUE(allocator_->mark_used({5, huge_run_blocks - 5}).ok());
  ASSERT_TRUE(allocator_->mark_used({10 * huge_run_blocks, 100}).ok());
  const uint64_t larger = run_of(ask(0, 1, 460));
  const uint64_t crumbs = run_of(ask(0, 1, 1));
  EXPECT_NE(crumbs, larger);
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(run_of(ask(0, 1, 1)), crumbs);
    EXPECT_EQ(run_of(ask(0, 1, 4)), larger);
  }
}

TEST_F(HugeAlignedTest, DoesNotGoOverToAWholeRun) {
  ASSERT_TRUE(allocator_->mark_used({huge_run_blocks, huge_run_blocks - 3}).ok());
  EXPECT_EQ(ask(2 * huge_run_blocks - 3, 1, 8), (Extent{2 * huge_run_blocks - 3, 3}));
}

}  // namespace
}  // namespace daxlab
