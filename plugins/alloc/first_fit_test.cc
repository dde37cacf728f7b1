#include "plugins/alloc/allocator_contract_test.h"

namespace daxlab {
namespace {

class FirstFitTest : public testing::Test {
 protected:
  static constexpr uint64_t first = 5, end = 1000;
  TestAllocator allocator_;

  void SetUp() override { ASSERT_TRUE(allocator_->init({first, end}).ok()); }
  Result<Extent> ask(uint64_t goal, uint64_t min, uint64_t max, uint64_t alignment = 1) {
    return allocator_->allocate({goal, min, max, alignment});
  }
  uint64_t free_blocks() { return allocator_->free_space().free_blocks; }
};

TEST(FirstFit, DeclaresItself) {
  EXPECT_STREQ(daxlab_alloc_abi2.info.name, "first_fit");
  EXPECT_EQ(daxlab_alloc_abi2.info.flags, PluginFlags::signal_safe);
  EXPECT_EQ(daxlab_alloc_abi2.info.options.count, 0u);
}

TEST_F(FirstFitTest, TakesTheFirstRunThatIsLongEnough) {
  EXPECT_EQ(ask(0, 1, 10).value(), (Extent{5, 10}));
  EXPECT_EQ(ask(0, 1, 10).value(), (Extent{15, 10}));
  EXPECT_EQ(ask(0, 1, 10).value(), (Extent{25, 10}));
  allocator_->free({7, 4});
  EXPECT_EQ(ask(0, 1, 5).value(), (Extent{35, 5}));
  EXPECT_EQ(ask(0, 1, 4).value(), (Extent{7, 4}));
  EXPECT_EQ(free_blocks(), end - first - 35);
}

TEST_F(FirstFitTest, HonoursTheGoal) {
  EXPECT_EQ(ask(500, 1, 3).value(), (Extent{500, 3}));
  EXPECT_EQ(ask(500, 1, 3).value(), (Extent{503, 3}));
  EXPECT_EQ(ask(998, 4, 4).value(), (Extent{5, 4})) << "not enough after the goal";
  EXPECT_EQ(ask(5000, 1, 1).value(), (Extent{9, 1})) << "no such block";
  EXPECT_EQ(ask(2, 1, 1).value(), (Extent{10, 1})) << "before the first";
}

TEST_F(FirstFitTest, FindsARunAcrossTheGoal) {
  ASSERT_TRUE(allocator_->mark_used({5, 195}).ok());
  ASSERT_TRUE(allocator_->mark_used({220, 780}).ok());
  EXPECT_EQ(ask(210, 20, 20).value(), (Extent{200, 20}));
  EXPECT_EQ(ask(210, 1, 1).code(), ErrorCode::no_space);
}

TEST_F(FirstFitTest, TakesTheLongestWhenNoneIsLongEnough) {
  for (uint64_t block = first; block < end; block += 10) {
    ASSERT_TRUE(allocator_->mark_used({block, std::min<uint64_t>(8, end - block)}).ok());
  }
  allocator_->free({300, 3});  // with its free neighbours at 303, 304: 300 to 304
  EXPECT_EQ(allocator_->free_space().largest_extent_blocks, 5u);
  EXPECT_EQ(ask(0, 6, 9).code(), ErrorCode::no_space);
  EXPECT_EQ(ask(0, 3, 9).value().blocks, 5u);
  EXPECT_EQ(ask(0, 1, ~uint64_t{0}).value().blocks, 2u);
}

TEST_F(FirstFitTest, AlignsWhereItCan) {
  EXPECT_EQ(ask(0, 64, 64, 64).value(), (Extent{64, 64}));
  EXPECT_EQ(ask(0, 1, 64, 64).value(), (Extent{128, 64}));
  EXPECT_EQ(ask(0, 900, 1000, 64).code(), ErrorCode::no_space);
  EXPECT_EQ(ask(0, 1, 1000, 512).value(), (Extent{192, 808})) << "longest, as none is whole";
  EXPECT_EQ(ask(0, 59, 59, 64).value(), (Extent{5, 59})) << "a wish only";
}

}  // namespace
}  // namespace daxlab
