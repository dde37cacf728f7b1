#include "plugins/alloc/allocator_contract_test.h"

namespace daxlab {
namespace {

class ExtentTreeTest : public testing::Test {
 protected:
  static constexpr uint64_t first = 5, end = 1000;
  TestAllocator allocator_;

  // Free: 100 to 109, 200 to 204, 300 to 306, and 600 to the end.
  void SetUp() override {
    ASSERT_TRUE(allocator_->init({first, end}).ok());
    for (const Extent used : {Extent{5, 95}, Extent{110, 90}, Extent{205, 95}, Extent{307, 293}}) {
      ASSERT_TRUE(allocator_->mark_used(used).ok());
    }
  }
  Extent ask(uint64_t goal, uint64_t min, uint64_t max, uint64_t alignment = 1) {
    return allocator_->allocate({goal, min, max, alignment}).take();
  }
};

TEST_F(ExtentTreeTest, DeclaresItself) {
  EXPECT_STREQ(daxlab_alloc_abi2.info.name, "extent_tree");
  EXPECT_EQ(daxlab_alloc_abi2.info.flags, PluginFlags::signal_safe);
}

TEST_F(ExtentTreeTest, TakesTheShortestThatIsLongEnough) {
  EXPECT_EQ(ask(0, 1, 6), (Extent{300, 6}));
  EXPECT_EQ(ask(0, 1, 5), (Extent{200, 5}));
  EXPECT_EQ(ask(0, 1, 8), (Extent{100, 8}));
  EXPECT_EQ(ask(0, 1, 1), (Extent{306, 1}));
  EXPECT_EQ(ask(0, 1, 2), (Extent{108, 2}));
  EXPECT_EQ(ask(0, 1, 2), (Extent{600, 2}));
  EXPECT_EQ(ask(0, 1, 1000), (Extent{602, 398})) << "the longest, as none is long enough";
}

TEST_F(ExtentTreeTest, GoesOnAtTheGoalEvenIfThatIsShort) {
  EXPECT_EQ(ask(305, 1, 5), (Extent{305, 2}));
  EXPECT_EQ(ask(202, 3, 5), (Extent{202, 3}));
  EXPECT_EQ(ask(200, 3, 5), (Extent{300, 5})) << "only two are left there";
}

TEST_F(ExtentTreeTest, AmongEqualsTakesTheOneAfterTheGoal) {
  allocator_->free({400, 5});
  EXPECT_EQ(ask(250, 5, 5), (Extent{400, 5}));
  EXPECT_EQ(ask(250, 5, 5), (Extent{200, 5})) << "none of five is left there";
}

TEST_F(ExtentTreeTest, AlignsWhereItCan) {
  EXPECT_EQ(ask(0, 1, 4, 8), (Extent{200, 4}));
  EXPECT_EQ(ask(0, 1, 6, 8), (Extent{104, 6}));
  EXPECT_EQ(ask(0, 1, 64, 64), (Extent{640, 64}));
  EXPECT_EQ(ask(0, 1, 400, 512), (Extent{704, 296})) << "a wish only";
}

}  // namespace
}  // namespace daxlab
