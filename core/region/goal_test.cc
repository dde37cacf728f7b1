// Where a file's next block should be.
#include <gtest/gtest.h>

#include "core/region/block_map.h"

namespace daxlab {
namespace {

class GoalTest : public testing::Test, public NodeSource {
 protected:
  Result<uint64_t> take_node() noexcept override { return next_node_++; }
  void publish(uint64_t pgoff, Extent extent) {
    uint64_t published = 0;
    ASSERT_TRUE(map_.publish(pgoff, extent, *this, &published).ok());
  }

  Counters counters_;
  std::unique_ptr<Region> region_ = Region::create_memfd(8192 * block_bytes, counters_).take();
  BlockMap map_{*region_, region_->inodes()[0]};
  uint64_t next_node_ = 7000;
};

TEST_F(GoalTest, IsNowhereInAnEmptyFile) {
  for (const uint64_t pgoff : {uint64_t{0}, uint64_t{1}, uint64_t{512}, max_file_pages}) {
    EXPECT_EQ(map_.goal_for(pgoff), 0u);
  }
}

TEST_F(GoalTest, GoesOnAsTheFileDoes) {
  publish(10, {1000, 3});
  EXPECT_EQ(map_.goal_for(9), 999u) << "room for itself before";
  EXPECT_EQ(map_.goal_for(0), 990u);
  EXPECT_EQ(map_.goal_for(13), 1003u);
  EXPECT_EQ(map_.goal_for(20), 1010u) << "room for the pages between";
  EXPECT_EQ(map_.goal_for(511), 1501u);
  EXPECT_EQ(map_.goal_for(512), 0u) << "too far";
  publish(511, {2000, 1});
  EXPECT_EQ(map_.goal_for(512), 2001u) << "right before the next 2 MiB";
  EXPECT_EQ(map_.goal_for(513), 0u);
  publish(900, {100, 1});
  EXPECT_EQ(map_.goal_for(801), 1u);
  EXPECT_EQ(map_.goal_for(800), 0u) << "before the region";
  EXPECT_EQ(map_.goal_for(510), 1500u);
}

}  // namespace
}  // namespace daxlab
