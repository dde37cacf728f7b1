// The guard refuses the allocations that it is told to, and never hands out a bad block.
#include "core/alloc/block_allocator_test.h"

namespace daxlab {
namespace {

using RefusedAllocationTest = BlockAllocatorTest;

TEST_F(RefusedAllocationTest, IsTheOneAskedFor) {
  RunAllocator plugin;
  auto allocator = open(plugin, true);
  allocator->refuse_at(3, false);
  EXPECT_TRUE(allocator->allocate(0, 1, 1).ok());
  EXPECT_TRUE(allocator->allocate_in_fault(0, 1, 1).ok());
  EXPECT_EQ(allocator->allocate(0, 1, 1).code(), ErrorCode::no_space);
  EXPECT_TRUE(allocator->allocate(0, 1, 1).ok());
  EXPECT_EQ(allocator->free_blocks(), total - 3);
}

TEST_F(RefusedAllocationTest, AndAllAfterIt) {
  RunAllocator plugin;
  auto allocator = open(plugin, true);
  allocator->refuse_at(2, true);
  const Extent taken = allocator->allocate(0, 4, 4).value();
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(allocator->allocate(0, 1, 1).code(), ErrorCode::no_space);
    EXPECT_EQ(allocator->allocate_in_fault(0, 1, 1).code(), ErrorCode::no_space);
  }
  EXPECT_EQ(allocator->free_blocks(), total - 4);
  allocator->free(taken);
  EXPECT_EQ(allocator->free_blocks(), total);
}

// However often the reserve is filled up in between.
TEST_F(RefusedAllocationTest, IsCountedWithoutTheReserve) {
  RunAllocator plugin;
  auto allocator = open(plugin, false);
  constexpr int refused = 150;
  allocator->refuse_at(refused, false);
  for (int call = 1; call <= 200; ++call) {
    EXPECT_EQ(allocator->allocate_in_fault(0, 1, 1).ok(), call != refused) << call;
  }
  EXPECT_EQ(allocator->free_blocks(), total - 199);
}

TEST_F(RefusedAllocationTest, BadBlocksStayWhenAnExtentIsFreed) {
  RunAllocator plugin;
  region_->set_bad_blocks(BadBlocks({20, 21, 27}));
  auto allocator = open(plugin, true, {{20, 8}});
  allocator->free({20, 8});
  EXPECT_EQ(allocator->free_blocks(), total - 3);
  for (uint64_t i = 0; i < total - 3; ++i) {
    const Extent extent = allocator->allocate(0, 1, 1).value();
    EXPECT_FALSE(region_->is_poisoned(extent.block)) << extent.block;
  }
  EXPECT_EQ(allocator->allocate(0, 1, 1).code(), ErrorCode::no_space);
  EXPECT_FALSE(failures_.failed());
}

}  // namespace
}  // namespace daxlab
