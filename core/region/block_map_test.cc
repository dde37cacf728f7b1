#include "core/region/block_map.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <random>
#include <thread>

#include "core/region/block_map_test.h"
#include "core/region/checked_word.h"

namespace daxlab {
namespace {

TEST_F(BlockMapTest, EmptyMapIsOneHole) {
  EXPECT_EQ(map_.find(0), 0u);
  EXPECT_EQ(map_.find(max_file_pages - 1), 0u);
  EXPECT_EQ(map_.find_extent({5, 100}), (Extent{0, 100}));
  EXPECT_EQ(map_.find_extent({0, max_file_pages}), (Extent{0, max_file_pages}));
  EXPECT_EQ(map_.find_extent({5, 0}), (Extent{0, 0}));
  EXPECT_EQ(map_.next_block({5, 100}), 105u);
  EXPECT_EQ(map_.missing_nodes({5, 0}), 0u);
  std::vector<Extent> used;
  map_.collect(used);
  EXPECT_TRUE(used.empty());
  EXPECT_TRUE(clear({0, max_file_pages}).empty());
}

TEST_F(BlockMapTest, ExtentsAreClippedToRangeAndRun) {
  publish(510, {1000, 4});  // across two leaves
  publish(514, {2000, 2});
  EXPECT_EQ(map_.find_extent({510, 100}), (Extent{1000, 4}));
  EXPECT_EQ(map_.find_extent({511, 2}), (Extent{1001, 2}));
  EXPECT_EQ(map_.find_extent({514, 100}), (Extent{2000, 2}));
  EXPECT_EQ(map_.find_extent({516, 100}), (Extent{0, 100}));
  EXPECT_EQ(map_.find_extent({0, 1000}), (Extent{0, 510}));
  EXPECT_EQ(map_.find_extent({0, 17}), (Extent{0, 17}));
  EXPECT_EQ(map_.next_block({0, 1000}), 510u);
  EXPECT_EQ(map_.next_block({516, 1000}), 1516u);
}

TEST_F(BlockMapTest, FarPagesAndGrowth) {
  uint64_t start = blocks_.free_count();
  publish(0, blocks_.take_run(1));
  publish(max_file_pages - 1, blocks_.take_run(1));
  EXPECT_NE(map_.find(0), 0u);
  EXPECT_NE(map_.find(max_file_pages - 1), 0u);
  EXPECT_EQ(map_.find(1), 0u);
  EXPECT_EQ(map_.find_extent({1, max_file_pages}), (Extent{0, max_file_pages - 2}));
  EXPECT_EQ(value_of(inode_.map_root) % (1 << map_height_bits), max_map_height);
  clear({0, 1});
  EXPECT_EQ(blocks_.free_count(), start - 5) << "the far page and its four nodes";
  clear({1, max_file_pages - 1});
  EXPECT_EQ(blocks_.free_count(), start);
  EXPECT_EQ(inode_.map_root, 0u);
}

TEST_F(BlockMapTest, EntriesCanBeChangedByWord) {
  publish(7, {3000, 3});
  uint64_t* entry = map_.entry_for(8, blocks_).value();
  EXPECT_EQ(*entry, BlockMap::entry_word(3001));
  *entry = BlockMap::entry_word(4000);
  EXPECT_EQ(map_.find(7), 3000u);
  EXPECT_EQ(map_.find(8), 4000u);
  EXPECT_EQ(map_.find(9), 3002u);
  uint64_t before = blocks_.nodes_taken();
  EXPECT_EQ(*map_.entry_for(512, blocks_).value(), 0u);
  EXPECT_EQ(blocks_.nodes_taken() - before, 2u) << "a leaf, and a root over both";
}

TEST_F(BlockMapTest, NoSpaceForANodePublishesWhatWentBefore) {
  uint64_t start = blocks_.free_count();
  Extent extent = blocks_.take_run(1024);
  ASSERT_EQ(extent.blocks, 1024u);
  blocks_.limit_nodes(2);  // one leaf, and the root over it
  uint64_t published = 0;
  Status status = map_.publish(0, extent, blocks_, &published);
  EXPECT_EQ(status.code(), ErrorCode::no_space);
  EXPECT_EQ(published, 512u);
  EXPECT_EQ(map_.find_extent({0, 1024}), (Extent{extent.block, 512}));
  EXPECT_EQ(map_.find_extent({512, 512}), (Extent{0, 512}));
  blocks_.give_back({{extent.block + 512, 512}});
  clear({0, 1024});
  EXPECT_EQ(blocks_.free_count(), start);
}

TEST_F(BlockMapTest, PublishFencesOncePerNodeAndOnceMore) {
  publish(0, blocks_.take_run(1));
  counters_.reset();
  publish(1, blocks_.take_run(500));
  EXPECT_EQ(counters_.sum(Counter::fences), 1u);
  clear({0, 501});
  counters_.reset();
  publish(0, blocks_.take_run(400));
  EXPECT_EQ(counters_.sum(Counter::fences), 2u);
}

TEST_F(BlockMapTest, ClearFencesOnce) {
  for (uint64_t pgoff = 0; pgoff < 5000; pgoff += 500) publish(pgoff, blocks_.take_run(3));
  counters_.reset();
  clear({1, 4800});
  EXPECT_EQ(counters_.sum(Counter::fences), 1u);
}

// A source that looks at the map whenever it is asked: a block may only be reported once nothing
// leads to it.
TEST_F(BlockMapTest, RemovedBlocksAreUnpublished) {
  for (uint64_t pgoff : {0ul, 511ul, 70000ul, 200000ul}) publish(pgoff, blocks_.take_run(2));
  std::vector<Extent> removed;
  map_.clear({1, 150000}, removed);
  std::vector<Extent> used;
  map_.collect(used);
  for (Extent gone : removed) {
    for (Extent kept : used) {
      EXPECT_TRUE(gone.end() <= kept.block || kept.end() <= gone.block);
    }
  }
  EXPECT_NE(map_.find(0), 0u);
  EXPECT_NE(map_.find(200001), 0u);
  EXPECT_EQ(map_.next_block({1, 190000}), 190001u);
}

// What was announced for one range stays enough, whatever is published before it.
TEST_F(BlockMapTest, AnnouncedNodesStayEnoughBesideOthers) {
  constexpr uint64_t edges[] = {0,      511,       512,       262143,
                                262144, 134217727, 134217728, max_file_pages - 1};
  for (uint64_t first : edges) {
    for (uint64_t other : edges) {
      for (uint64_t mine : edges) {
        clear({0, max_file_pages});
        if (first != 511) publish(first, blocks_.take_run(1));  // 511: start from the empty map
        if (map_.find(mine) != 0 || other == mine) continue;
        uint64_t announced = map_.missing_nodes({mine, 1});
        if (map_.find(other) == 0) publish(other, blocks_.take_run(1));
        uint64_t before = blocks_.nodes_taken();
        publish(mine, blocks_.take_run(1));
        EXPECT_LE(blocks_.nodes_taken() - before, announced)
            << first << ", then " << other << ", then " << mine;
      }
    }
  }
}

// Lookups take no lock: they may miss what is being published, and never see anything else.
TEST_F(BlockMapTest, FindRunsBesidePublish) {
  constexpr uint64_t pages = 3000, stride = 17;
  std::atomic<uint64_t> ready{0};
  std::latch looking(1);
  std::jthread publisher([&] {
    looking.wait();
    for (uint64_t i = 0; i < pages; ++i) {
      publish(i * stride, {4096 + i, 1});  // never taken from the source, which is far from there
      ready.store(i + 1, std::memory_order_release);
    }
  });
  std::mt19937_64 random(3);
  uint64_t looked = 0;
  while (ready.load() < pages) {
    uint64_t sure = ready.load(std::memory_order_acquire);
    uint64_t i = random() % pages;
    uint64_t block = map_.find(i * stride);
    if (looked++ == 0) looking.count_down();
    ASSERT_TRUE(block == 4096 + i || (block == 0 && i >= sure)) << i;
    ASSERT_EQ(map_.find(i * stride + 1), 0u);
    Extent hole = map_.find_extent({i * stride + 1, 100});
    ASSERT_TRUE(hole.is_hole() && hole.blocks >= stride - 1);
  }
  EXPECT_GT(looked, 0u);
}

}  // namespace
}  // namespace daxlab
