#include "core/region/block_map.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <latch>
#include <map>
#include <random>
#include <set>
#include <thread>

#include "core/region/checked_word.h"

namespace daxlab {
namespace {

// Free blocks as a set; hands out from its start, so that node and file blocks intermingle.
class Blocks : public NodeSource {
 public:
  explicit Blocks(const Region& region) {
    for (uint64_t b = region.first_data_block(); b < region.end_data_block(); ++b) free_.insert(b);
  }
  Result<uint64_t> take_node() noexcept override {
    if (free_.empty() || nodes_left_ == 0) return ErrorCode::no_space;
    --nodes_left_;
    ++nodes_taken_;
    return take_run(1).block;
  }
  Extent take_run(uint64_t blocks) {
    Extent run{*free_.begin(), 0};
    while (run.blocks < blocks && free_.erase(run.end()) == 1) ++run.blocks;
    return run;
  }
  void give_back(const std::vector<Extent>& extents) {
    for (Extent extent : extents) {
      for (uint64_t b = extent.block; b < extent.end(); ++b) {
        EXPECT_TRUE(free_.insert(b).second) << "block " << b << " was free";
      }
    }
  }
  uint64_t free_count() const { return free_.size(); }
  uint64_t nodes_taken() const { return nodes_taken_; }
  void limit_nodes(uint64_t count) { nodes_left_ = count; }

 private:
  std::set<uint64_t> free_;
  uint64_t nodes_left_ = ~uint64_t{0};
  uint64_t nodes_taken_ = 0;
};

class BlockMapTest : public testing::Test {
 protected:
  Counters counters_;
  std::unique_ptr<Region> region_ = Region::create_memfd(8192 * block_bytes, counters_).take();
  Inode& inode_ = region_->inodes()[0];
  BlockMap map_{*region_, inode_};
  Blocks blocks_{*region_};
  std::mt19937_64 random_{7};

  void publish(uint64_t pgoff, Extent extent) {
    uint64_t published = 0;
    ASSERT_TRUE(map_.publish(pgoff, extent, blocks_, &published).ok());
    ASSERT_EQ(published, extent.blocks);
  }
  std::vector<Extent> clear(PageRange range) {
    std::vector<Extent> removed;
    map_.clear(range, removed);
    blocks_.give_back(removed);
    return removed;
  }
};

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

class RandomBlockMap : public BlockMapTest, public testing::WithParamInterface<int> {
 protected:
  std::map<uint64_t, uint64_t> model_;
  uint64_t start_ = blocks_.free_count();

  uint64_t random_pgoff() {
    static constexpr uint64_t limits[] = {600, 3000, uint64_t{1} << 19, max_file_pages};
    uint64_t limit = limits[random_() % std::size(limits)];
    return random_() % 4 == 0 ? limit - 1 - random_() % 520 : random_() % limit;
  }
  Extent model_extent(PageRange range) const {
    auto found = model_.lower_bound(range.pgoff);
    if (found == model_.end() || found->first != range.pgoff) {
      uint64_t end = found == model_.end() ? range.end() : std::min(found->first, range.end());
      return {0, end - range.pgoff};
    }
    Extent extent{found->second, 0};
    for (; found != model_.end() && extent.blocks < range.pages &&
           found->first == range.pgoff + extent.blocks && found->second == extent.end();
         ++found) {
      ++extent.blocks;
    }
    return extent;
  }
  // Publishes into the hole at pgoff, and looks whether the announced number of nodes was enough.
  void publish_at(uint64_t pgoff) {
    uint64_t room =
        std::min(model_extent({pgoff, 1 + random_() % 700}).blocks, max_file_pages - pgoff);
    if (blocks_.free_count() < 1500 || map_.find(pgoff) != 0) return;
    uint64_t announced = map_.missing_nodes({pgoff, room});
    bool was_empty = inode_.map_root == 0;
    uint64_t before = blocks_.nodes_taken();
    for (uint64_t done = 0; done < room;) {
      Extent run = blocks_.take_run(room - done);
      publish(pgoff + done, run);
      for (uint64_t i = 0; i < run.blocks; ++i) model_[pgoff + done + i] = run.block + i;
      done += run.blocks;
    }
    uint64_t taken = blocks_.nodes_taken() - before;
    ASSERT_LE(taken, announced);
    if (!was_empty) {
      ASSERT_EQ(taken, announced) << "exact when nobody else publishes";
    }
  }
  void clear_some(PageRange range) {
    std::multiset<uint64_t> expected;
    for (auto at = model_.lower_bound(range.pgoff);
         at != model_.end() && at->first < range.end();) {
      expected.insert(at->second);
      at = model_.erase(at);
    }
    std::vector<Extent> removed = clear(range);
    for (Extent extent : removed) {
      for (uint64_t b = extent.block; b < extent.end(); ++b) expected.erase(b);
    }
    ASSERT_TRUE(expected.empty());
  }
  void check_used() {
    std::vector<Extent> used;
    map_.collect(used);
    uint64_t count = 0;
    for (Extent extent : used) count += extent.blocks;
    ASSERT_EQ(count + blocks_.free_count(), start_);
  }
};

TEST_P(RandomBlockMap, AgreesWithAModel) {
  random_.seed(static_cast<uint64_t>(GetParam()));
  for (int step = 0; step < 3000 && !HasFatalFailure(); ++step) {
    uint64_t pgoff = random_pgoff();
    uint64_t pages = std::min(1 + random_() % (random_() % 8 == 0 ? max_file_pages : 1500),
                              max_file_pages - pgoff);
    switch (random_() % 8) {
      case 0:
      case 1:
      case 2:
        publish_at(pgoff);
        break;
      case 3:
        clear_some({pgoff, pages});
        break;
      case 4: {
        auto found = model_.lower_bound(pgoff);
        if (found == model_.end() || blocks_.free_count() == 0) break;
        uint64_t fresh = blocks_.take_run(1).block;
        *map_.entry_for(found->first, blocks_).value() = BlockMap::entry_word(fresh);
        blocks_.give_back({{std::exchange(found->second, fresh), 1}});
        break;
      }
      default: {
        ASSERT_EQ(map_.find_extent({pgoff, pages}), model_extent({pgoff, pages}));
        auto found = model_.lower_bound(pgoff);
        uint64_t next =
            found == model_.end() ? pgoff + pages : std::min(found->first, pgoff + pages);
        ASSERT_EQ(map_.next_block({pgoff, pages}), next);
      }
    }
    if (step % 100 == 0) check_used();
  }
  for (auto [pgoff, block] : model_) ASSERT_EQ(map_.find(pgoff), block);
  // Page by page ends at the same place as all at once.
  while (GetParam() % 2 == 0 && !model_.empty()) clear_some({model_.begin()->first, 1});
  clear_some({0, max_file_pages});
  EXPECT_EQ(blocks_.free_count(), start_);
  EXPECT_EQ(inode_.map_root, 0u);
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomBlockMap, testing::Range(1, 7));

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
