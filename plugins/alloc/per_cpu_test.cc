#include "plugins/alloc/allocator_contract_test.h"

namespace daxlab {
namespace {

// Four parts of 1024 blocks, but that the first one begins with block 5.
class PerCpuTest : public testing::Test {
 protected:
  static constexpr Geometry geometry{5, 4096};
  TestAllocator allocator_{{4}};

  void SetUp() override { ASSERT_TRUE(allocator_->init(geometry).ok()); }
  void TearDown() override { TestHost::this_thread_shard() = 0; }
  Result<Extent> ask_as(uint32_t shard, uint64_t goal, uint64_t min, uint64_t max,
                        uint64_t alignment = 1) {
    TestHost::this_thread_shard() = shard;
    return allocator_->allocate({goal, min, max, alignment});
  }
};

TEST_F(PerCpuTest, DeclaresItself) {
  EXPECT_STREQ(daxlab_alloc_abi2.info.name, "per_cpu");
  EXPECT_EQ(daxlab_alloc_abi2.info.flags, PluginFlags::signal_safe);
}

TEST_F(PerCpuTest, GivesEachThreadBlocksOfItsPart) {
  EXPECT_EQ(ask_as(0, 0, 1, 10).value(), (Extent{5, 10}));
  EXPECT_EQ(ask_as(1, 0, 1, 10).value(), (Extent{1024, 10}));
  EXPECT_EQ(ask_as(3, 0, 1, 10).value(), (Extent{3072, 10}));
  EXPECT_EQ(ask_as(5, 0, 1, 10).value(), (Extent{1034, 10}));
}

TEST_F(PerCpuTest, GoesOnWhereTheFileIsInAnyPart) {
  EXPECT_EQ(ask_as(0, 2000, 1, 10).value(), (Extent{2000, 10}));
  EXPECT_EQ(ask_as(0, 2000, 1, 10).value(), (Extent{5, 10})) << "taken";
}

TEST_F(PerCpuTest, TakesFromOthersWhenItsOwnPartIsFull) {
  EXPECT_EQ(ask_as(2, 0, 1024, 1024).value(), (Extent{2048, 1024}));
  EXPECT_EQ(ask_as(2, 0, 1, 3).value(), (Extent{3072, 3}));
  EXPECT_EQ(ask_as(2, 0, 1, 1024).value(), (Extent{1024, 1024})) << "where there is all of it";
  EXPECT_EQ(ask_as(2, 0, 1, 2000).value(), (Extent{3075, 1021})) << "the next one's longest";
  allocator_->free({2100, 4});
  EXPECT_EQ(ask_as(2, 0, 1, 1).value(), (Extent{2100, 1})) << "its own again";
}

TEST_F(PerCpuTest, FindsARunAcrossABorder) {
  ASSERT_TRUE(allocator_->mark_used({5, 1000}).ok());
  ASSERT_TRUE(allocator_->mark_used({1040, 3056}).ok());
  EXPECT_EQ(ask_as(3, 0, 20, 35).value(), (Extent{1005, 35}));
  EXPECT_EQ(allocator_->free_space().free_blocks, 0u);
  allocator_->free({1005, 35});
  EXPECT_EQ(allocator_->free_space().largest_extent_blocks, 35u);
  EXPECT_EQ(ask_as(3, 0, 19, 19).value(), (Extent{1005, 19}));
  EXPECT_EQ(ask_as(3, 0, 16, 16).value(), (Extent{1024, 16}));
}

TEST_F(PerCpuTest, AlignsWithinAPart) {
  EXPECT_EQ(ask_as(0, 0, 1, 512, 512).value(), (Extent{512, 512}));
  EXPECT_EQ(ask_as(0, 0, 1, 512, 512).value(), (Extent{1024, 512}));
}

TEST(PerCpu, AgreesWithAModelForAnyNumberOfParts) {
  for (const uint64_t shards : {1u, 2u, 3u, 64u}) run_at_random(100, {shards});
}

}  // namespace
}  // namespace daxlab
