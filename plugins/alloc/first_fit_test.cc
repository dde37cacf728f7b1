#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <random>
#include <thread>
#include <vector>

#include "daxlab/alloc.h"

extern "C" const daxlab::AllocPlugin daxlab_alloc_abi1;

namespace daxlab {
namespace {

class TestHost final : public Host {
 public:
  void lock(uint32_t& word) noexcept override {
    mutex_.lock();
    EXPECT_EQ(word++, 0u);
  }
  void unlock(uint32_t& word) noexcept override {
    --word;
    mutex_.unlock();
  }
  uint32_t shard() noexcept override { return 0; }
  void relax() noexcept override {}
  void* arena(uint64_t length_bytes) noexcept override {
    if (!has_memory) return nullptr;
    arenas_.push_back(std::make_unique<std::byte[]>(length_bytes));
    return arenas_.back().get();
  }
  bool has_memory = true;

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<std::byte[]>> arenas_;
};

class FirstFitTest : public testing::Test {
 protected:
  static constexpr uint64_t first = 5, end = 1000;
  TestHost host_;
  std::unique_ptr<Allocator, void (*)(Allocator*) noexcept> allocator_{
      daxlab_alloc_abi1.create(host_, OptionValues{nullptr, 0}), daxlab_alloc_abi1.destroy};

  void SetUp() override { ASSERT_TRUE(allocator_->init({first, end}).ok()); }
  Result<Extent> ask(uint64_t goal, uint64_t min, uint64_t max, uint64_t alignment = 1) {
    return allocator_->allocate({goal, min, max, alignment});
  }
  uint64_t free_blocks() const { return allocator_->free_space().free_blocks; }
};

TEST(FirstFit, DeclaresItself) {
  EXPECT_STREQ(daxlab_alloc_abi1.info.name, "first_fit");
  EXPECT_EQ(daxlab_alloc_abi1.info.flags, PluginFlags::signal_safe);
  EXPECT_EQ(daxlab_alloc_abi1.info.options.count, 0u);
}

TEST(FirstFit, SaysThatThereIsNoMemory) {
  TestHost host;
  host.has_memory = false;
  Allocator* allocator = daxlab_alloc_abi1.create(host, OptionValues{nullptr, 0});
  ASSERT_NE(allocator, nullptr);
  EXPECT_EQ(allocator->init({0, 10}).code(), ErrorCode::no_memory);
  daxlab_alloc_abi1.destroy(allocator);
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

TEST_F(FirstFitTest, UsesEveryBlockOnce) {
  std::vector<bool> seen(end);
  uint64_t given = 0;
  for (;;) {
    auto extent = ask(given * 37 % end, 1, 1 + given % 7);
    if (!extent.ok()) break;
    for (uint64_t b = extent.value().block; b < extent.value().end(); ++b) {
      ASSERT_GE(b, first);
      ASSERT_LT(b, end);
      ASSERT_FALSE(seen[b]);
      seen[b] = true;
      ++given;
    }
  }
  EXPECT_EQ(given, end - first);
  EXPECT_EQ(free_blocks(), 0u);
  EXPECT_EQ(allocator_->free_space().largest_extent_blocks, 0u);
}

// Against a plain array of blocks: each answer is free, as long as it may and must be.
TEST_F(FirstFitTest, AgreesWithAModel) {
  std::vector<bool> is_free(end);
  std::fill(is_free.begin() + first, is_free.end(), true);
  auto longest = [&] {
    uint64_t most = 0, run = 0;
    for (bool free : is_free) most = std::max(most, run = free ? run + 1 : 0);
    return most;
  };
  auto set = [&](Extent extent, bool free) {
    for (uint64_t b = extent.block; b < extent.end(); ++b) {
      ASSERT_NE(is_free[b], free);
      is_free[b] = free;
    }
  };
  std::mt19937 random(11);
  std::vector<Extent> given;
  for (int step = 0; step < 5000; ++step) {
    if (random() % 2 == 0 || given.empty()) {
      uint64_t max = 1 + random() % 80, min = 1 + random() % max;
      auto extent = ask(random() % (end + 10), min, max, uint64_t{1} << random() % 7);
      uint64_t most = std::min(longest(), max);
      ASSERT_EQ(extent.ok(), most >= min);
      if (!extent.ok()) continue;
      ASSERT_EQ(extent.value().blocks, most);
      set(extent.value(), false);
      given.push_back(extent.value());
    } else {
      std::swap(given[random() % given.size()], given.back());
      Extent extent = given.back();
      given.pop_back();
      Extent part{extent.block, 1 + random() % extent.blocks};
      if (part.blocks < extent.blocks) given.push_back({part.end(), extent.blocks - part.blocks});
      set(part, true);
      allocator_->free(part);
    }
    FreeSpace space = allocator_->free_space();
    ASSERT_EQ(space.free_blocks,
              static_cast<uint64_t>(std::count(is_free.begin(), is_free.end(), true)));
    ASSERT_EQ(space.largest_extent_blocks, longest());
  }
}

TEST_F(FirstFitTest, ThreadsGetBlocksOfTheirOwn) {
  std::vector<std::atomic<int>> owners(end);
  std::vector<std::jthread> threads;
  for (int thread = 1; thread <= 4; ++thread) {
    threads.emplace_back([&, thread] {
      for (uint64_t round = 0; round < 2000; ++round) {
        auto extent = ask(round % end, 1, 1 + round % 9);
        ASSERT_TRUE(extent.ok());
        for (uint64_t b = extent.value().block; b < extent.value().end(); ++b) {
          ASSERT_EQ(owners[b].exchange(thread), 0);
        }
        for (uint64_t b = extent.value().block; b < extent.value().end(); ++b) {
          ASSERT_EQ(owners[b].exchange(0), thread);
        }
        allocator_->free(extent.value());
      }
    });
  }
  threads.clear();
  EXPECT_EQ(free_blocks(), end - first);
}

}  // namespace
}  // namespace daxlab
