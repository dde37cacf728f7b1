// Threads that allocate and free at random, from allocators right and wrong: no block has two
// owners.
#include "core/alloc/block_allocator_test.h"

namespace daxlab {
namespace {

// Each block has an owner word here: a block given to two threads at once is seen.
class RandomAllocation : public BlockAllocatorTest, public testing::WithParamInterface<bool> {
 protected:
  std::vector<std::atomic<int>> owners_ = std::vector<std::atomic<int>>(blocks);
  std::atomic<uint64_t> succeeded_{0};

  void own(Extent extent, int thread) {
    for (uint64_t b = extent.block; b < extent.end(); ++b)
      ASSERT_EQ(owners_[b].exchange(thread), 0);
  }
  void give_back(BlockAllocator& allocator, Extent extent, int thread) {
    for (uint64_t b = extent.block; b < extent.end(); ++b)
      ASSERT_EQ(owners_[b].exchange(0), thread);
    allocator.free(extent);
  }
  // Never more than an eighth of the region to each of four threads, or as much as there is.
  void run(BlockAllocator& allocator, bool to_the_brim) {
    std::vector<std::jthread> threads;
    for (int thread = 1; thread <= 4; ++thread) {
      threads.emplace_back([&, thread] {
        std::mt19937 random(static_cast<unsigned>(thread));
        std::vector<Extent> mine;
        uint64_t mine_blocks = 0;
        for (int step = 0; step < 3000; ++step) {
          bool full = !to_the_brim && mine_blocks > total / 8;
          if (!full && random() % 2 == 0) {
            uint64_t most = 1 + random() % 12;
            auto extent = random() % 2 == 0 ? allocator.allocate_in_fault(0, 1, most)
                                            : allocator.allocate(random() % blocks, 1, most);
            if (!extent.ok()) continue;
            succeeded_.fetch_add(1);
            own(extent.value(), thread);
            mine.push_back(extent.value());
            mine_blocks += extent.value().blocks;
          } else if (!mine.empty() && (full || random() % 3 == 0)) {
            std::swap(mine[random() % mine.size()], mine.back());
            Extent extent = mine.back();
            mine.pop_back();
            mine_blocks -= extent.blocks;
            if (extent.blocks > 1 && random() % 2 == 0) {
              Extent half{extent.block, extent.blocks / 2};
              give_back(allocator, half, thread);
              extent = {half.end(), extent.blocks - half.blocks};
            }
            give_back(allocator, extent, thread);
          }
        }
        for (Extent extent : mine) give_back(allocator, extent, thread);
      });
    }
  }
};

TEST_P(RandomAllocation, NoBlockHasTwoOwners) {
  RunAllocator plugin;
  auto allocator = open(plugin, GetParam());
  run(*allocator, false);
  EXPECT_EQ(allocator->free_blocks(), total);
  run(*allocator, true);
  EXPECT_EQ(allocator->free_blocks(), total);
  EXPECT_GT(succeeded_.load(), 5000u);
  EXPECT_FALSE(failures_.failed()) << failures_.message().value_or("");
}

// Gives every other answer a second time, shifted or stretched.
class DoubleAllocator : public RunAllocator {
 public:
  Result<Extent> allocate(const AllocationRequest& request) noexcept override {
    uint32_t turn = turn_.fetch_add(1);
    if (turn % 2 == 0) {
      Result<Extent> answer = RunAllocator::allocate(request);
      if (answer.ok()) latest_.store(answer.value().block);
      return answer;
    }
    // Without telling the free map below.
    uint64_t start = latest_.load() + (turn / 2) % 3;
    return Extent{start, std::min<uint64_t>(request.max_blocks, 1 + turn % 5)};
  }

 private:
  std::atomic<uint32_t> turn_{0};
  std::atomic<uint64_t> latest_{5};
};

TEST_P(RandomAllocation, NoLieGivesABlockTwoOwners) {
  DoubleAllocator plugin;
  {
    auto allocator = open(plugin, GetParam());
    run(*allocator, false);
  }
  EXPECT_GT(succeeded_.load(), 500u);
  ASSERT_TRUE(failures_.failed());
  EXPECT_NE(failures_.message()->find("in use already"), std::string::npos) << *failures_.message();
}

INSTANTIATE_TEST_SUITE_P(SignalSafe, RandomAllocation, testing::Bool());

}  // namespace
}  // namespace daxlab
