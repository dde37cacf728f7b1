#include "core/alloc/block_allocator_test.h"

namespace daxlab {
namespace {

TEST_F(BlockAllocatorTest, HandsOutAndTakesBack) {
  RunAllocator plugin;
  auto allocator = open(plugin, true, {{13, 5}, {100, 1}});
  EXPECT_EQ(allocator->total_blocks(), total);
  EXPECT_EQ(allocator->free_blocks(), total - 6);
  Extent extent = allocator->allocate(0, 1, 100).value();
  EXPECT_EQ(extent, (Extent{5, 8})) << "up to the used blocks";
  EXPECT_EQ(allocator->free_blocks(), total - 14);
  allocator->free({6, 2});
  EXPECT_EQ(allocator->allocate_in_fault(0, 2, 2).value(), (Extent{6, 2}));
  allocator->free({13, 5});
  EXPECT_EQ(allocator->free_blocks(), total - 9);
  EXPECT_EQ(allocator->allocate(0, total, total).code(), ErrorCode::no_space);
  EXPECT_FALSE(failures_.failed());
  EXPECT_EQ(calls_.culprit(), PluginCallback::none);
}

TEST_F(BlockAllocatorTest, RefusesDamagedMaps) {
  RunAllocator one, two, three;
  EXPECT_EQ(
      refusal(one, {{1, 1}}),
      "region: a block map holds blocks 1 to 1, outside the data blocks 5 to 510: the region is "
      "damaged; look at it with `daxlab region fsck`");
  EXPECT_EQ(
      refusal(two, {{500, 13}}),
      "region: a block map holds blocks 500 to 512, outside the data blocks 5 to 510: the region "
      "is damaged; look at it with `daxlab region fsck`");
  EXPECT_EQ(refusal(three, {{60, 10}, {100, 3}, {50, 12}}),
            "region: block 60 is in use twice: the region is damaged; look at it with `daxlab "
            "region fsck`");
}

class RefusingAllocator : public RunAllocator {
 public:
  explicit RefusingAllocator(bool at_init) : at_init_(at_init) {}
  Status init(Geometry) noexcept override {
    return at_init_ ? ErrorCode::no_memory : ErrorCode::ok;
  }
  Status mark_used(Extent) noexcept override { return ErrorCode::invalid_argument; }

 private:
  bool at_init_;
};

TEST_F(BlockAllocatorTest, PassesOnWhatThePluginRefuses) {
  RefusingAllocator at_init(true), at_mark_used(false);
  EXPECT_EQ(refusal(at_init, {}), "allocator: init for blocks 5 to 510 failed: out of memory");
  EXPECT_EQ(refusal(at_mark_used, {{7, 2}}),
            "allocator: mark_used of blocks 7 to 8 failed: invalid argument");
}

// Every kind of unsafe answer: the caller gets bad_plugin, the log the cause, the guard's books
// stay right.
TEST_F(BlockAllocatorTest, ReportsUnsafeAnswers) {
  struct {
    Result<Extent> lie;
    const char* message;
  } cases[] = {
      {Extent{1, 4}, "allocate returned block 1 and 3 more, outside the data blocks 5 to 510"},
      {Extent{0, 4}, "allocate returned block 0 and 3 more, outside the data blocks 5 to 510"},
      {Extent{509, 4}, "allocate returned block 509 and 3 more, outside the data blocks 5 to 510"},
      {Extent{~uint64_t{0} - 1, 4},
       "allocate returned block 18446744073709551614 and 3 more, outside the data blocks 5 to 510"},
      {Extent{200, 3}, "allocate returned 3 blocks where at least 4 were asked for"},
      {Extent{200, 0}, "allocate returned 0 blocks where at least 4 were asked for"},
      {Extent{200, 9}, "allocate returned 9 blocks where at most 8 were asked for"},
      {Extent{124, 8}, "allocate returned blocks 124 to 131, of which block 129 is in use already"},
      {Extent{129, 4}, "allocate returned blocks 129 to 132, of which block 129 is in use already"},
      {ErrorCode::busy, "allocate failed with error 9; no_space (1) is the only one it may give"},
  };
  for (const auto& [lie, message] : cases) {
    LyingAllocator plugin;
    FailureLog failures;
    auto allocator =
        BlockAllocator::open(plugin, true, *region_, {{129, 1}}, counters_, calls_, failures)
            .take();
    plugin.lie(lie);
    EXPECT_EQ(allocator->allocate(0, 4, 8).code(), ErrorCode::bad_plugin);
    EXPECT_EQ(failures.message().value_or("nothing"), message);
    EXPECT_EQ(failures.callback(), PluginCallback::alloc_allocate);
    // Nothing of the refused answer stays claimed.
    for (uint64_t block = first; block < end; ++block) {
      if (block == 129) continue;
      plugin.lie(Extent{block, 1});
      ASSERT_TRUE(allocator->allocate(0, 1, 1).ok()) << block;
    }
  }
}

TEST_F(BlockAllocatorTest, ReserveServesFaults) {
  RunAllocator plugin;
  auto allocator = open(plugin, false);
  EXPECT_EQ(allocator->free_blocks(), total);
  std::vector<Extent> taken;
  for (int i = 0; i < 200; ++i) {
    taken.push_back(allocator->allocate_in_fault(0, 1, 16).value());
    EXPECT_EQ(taken.back().blocks, 1u);
  }
  EXPECT_EQ(counters_.sum(Counter::reserve_blocks), 200u);
  EXPECT_EQ(allocator->free_blocks(), total - 200);
  for (Extent extent : taken) allocator->free(extent);
  EXPECT_EQ(allocator->free_blocks(), total);
  allocator.reset();
  EXPECT_EQ(plugin.free_space().free_blocks, total) << "the reserve went back";
}

TEST_F(BlockAllocatorTest, WhatThePluginReservesIsPassedOn) {
  for (const bool signal_safe : {true, false}) {
    RunAllocator plugin;
    plugin.reserved_blocks = 9;
    const auto allocator = open(plugin, signal_safe);
    const Extent taken = allocator->allocate(0, 5, 5).value();
    EXPECT_EQ(allocator->free_space().free_blocks, total - 5);
    EXPECT_EQ(allocator->free_space().reserved_blocks, 9u) << "blocks for faults are not of it";
    allocator->free(taken);
  }
}

TEST_F(BlockAllocatorTest, ReserveIsNotInTheWayOfTheLastBlocks) {
  RunAllocator plugin;
  auto allocator = open(plugin, false);
  Extent all = allocator->allocate(0, total, total).value();
  EXPECT_EQ(all, (Extent{first, total}));
  EXPECT_EQ(allocator->allocate(0, 1, 1).code(), ErrorCode::no_space);
  EXPECT_EQ(allocator->allocate_in_fault(0, 1, 1).code(), ErrorCode::no_space);
  allocator->free({300, 1});
  EXPECT_EQ(allocator->allocate_in_fault(0, 1, 1).value(), (Extent{300, 1})) << "free again";
  EXPECT_EQ(allocator->allocate_in_fault(0, 1, 1).code(), ErrorCode::no_space);
  EXPECT_EQ(allocator->free_blocks(), 0u);
  EXPECT_FALSE(failures_.failed());
}

TEST_F(BlockAllocatorTest, ReserveReportsUnsafeAnswers) {
  LyingAllocator plugin;
  for (int i = 0; i < 4; ++i) plugin.lie(Extent{1, 1});
  auto allocator = open(plugin, false);
  EXPECT_EQ(allocator->allocate_in_fault(0, 1, 1).code(), ErrorCode::bad_plugin);
  EXPECT_EQ(failures_.message().value_or("nothing"),
            "allocate returned block 1 and 0 more, outside the data blocks 5 to 510");
}

#ifndef NDEBUG
TEST_F(BlockAllocatorTest, FreeingWhatIsFreeIsAnError) {
  RunAllocator plugin;
  auto allocator = open(plugin, true);
  EXPECT_DEATH(allocator->free({100, 1}), "were_in_use");
  EXPECT_DEATH(allocator->free({0, 1}), "were_in_use");
}
#endif

// A region of its own, large enough for aligned runs of 2 MiB: blocks 512 to 1023 and 1024 to 1535.
TEST(BlockAllocatorHugeRuns, AreCountedWhereAllOfThemIsFree) {
  Counters counters;
  CallLog calls;
  FailureLog failures;
  auto region = Region::create_memfd(1600 * block_bytes, counters).take();
  RunAllocator plugin;
  auto allocator =
      BlockAllocator::open(plugin, true, *region, {}, counters, calls, failures).take();
  ASSERT_GT(region->first_data_block(), 0u);
  EXPECT_EQ(allocator->free_huge_runs(), 2u);
  EXPECT_EQ(allocator->goal_in_free_run(7), 519u);
  EXPECT_EQ(allocator->goal_in_free_run(7), 1031u) << "the next one";
  EXPECT_EQ(allocator->goal_in_free_run(0), 512u) << "round and round";
  const uint64_t before = 512 - region->first_data_block();
  Extent first = allocator->allocate(0, before, before).value();
  EXPECT_EQ(first.end(), 512u);
  EXPECT_EQ(allocator->free_huge_runs(), 2u);
  Extent one = allocator->allocate(0, 1, 1).value();
  EXPECT_EQ(one, (Extent{512, 1}));
  EXPECT_EQ(allocator->free_huge_runs(), 1u);
  EXPECT_EQ(allocator->goal_in_free_run(1), 1025u) << "the only one";
  EXPECT_EQ(allocator->goal_in_free_run(1), 1025u);
  Extent more = allocator->allocate(0, 1023, 1023).value();
  EXPECT_EQ(more.end(), 1536u);
  EXPECT_EQ(allocator->free_huge_runs(), 0u);
  EXPECT_EQ(allocator->goal_in_free_run(1), 0u) << "there is none";
  allocator->free({512, 511});
  EXPECT_EQ(allocator->free_huge_runs(), 0u);
  allocator->free({1023, 1});
  EXPECT_EQ(allocator->free_huge_runs(), 1u);
}

class RememberingAllocator : public RunAllocator {
 public:
  Result<Extent> allocate(const AllocationRequest& request) noexcept override {
    last = request;
    return RunAllocator::allocate(request);
  }
  AllocationRequest last{};
};

TEST_F(BlockAllocatorTest, PassesGoalAndAlignmentOn) {
  RememberingAllocator plugin;
  auto allocator = open(plugin, true);
  ASSERT_TRUE(allocator->allocate(17, 1, 3).ok());
  EXPECT_EQ(plugin.last.goal_block, 17u);
  EXPECT_EQ(plugin.last.alignment_blocks, 1u);
  ASSERT_TRUE(allocator->allocate(18, 1, 3, 512).ok());
  EXPECT_EQ(plugin.last.alignment_blocks, 512u);
  ASSERT_TRUE(allocator->allocate_in_fault(19, 1, 3, 256).ok());
  EXPECT_EQ(plugin.last.goal_block, 19u);
  EXPECT_EQ(plugin.last.alignment_blocks, 256u);
}

}  // namespace
}  // namespace daxlab
