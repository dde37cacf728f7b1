// The map of a file against a model of it, over random calls.
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <utility>

#include "core/region/block_map_test.h"

namespace daxlab {
namespace {

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

}  // namespace
}  // namespace daxlab
