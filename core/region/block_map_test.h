// One file's map in a region of its own, and the blocks that are free there.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <random>
#include <set>
#include <vector>

#include "core/region/block_map.h"

namespace daxlab {

// Free blocks as a set; hands out from its start, so that node and file blocks intermingle.
class FreeBlocks : public NodeSource {
 public:
  explicit FreeBlocks(const Region& region) {
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
  FreeBlocks blocks_{*region_};
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

}  // namespace daxlab
