// What daxlab/alloc.h promises of every allocator: included by the test of each.
#pragma once

#include <algorithm>
#include <array>
#include <random>
#include <span>

#include "plugins/alloc/test_host_test.h"

namespace daxlab {
namespace {

// The blocks as a plain array.
class ModelOfBlocks {
 public:
  explicit ModelOfBlocks(Geometry geometry)
      : geometry_(geometry), free_(geometry.end_block, false) {
    std::fill(free_.begin() + static_cast<ptrdiff_t>(geometry.first_block), free_.end(), true);
  }
  bool set(Extent extent, bool free) {  // false: some were so already, or are none
    if (extent.blocks == 0 || extent.block < geometry_.first_block ||
        extent.end() > geometry_.end_block)
      return false;
    for (uint64_t block = extent.block; block < extent.end(); ++block) {
      if (free_[block] == free) return false;
      free_[block] = free;
    }
    return true;
  }
  FreeSpace space() const {
    FreeSpace space{0, 0};
    uint64_t run = 0;
    for (const bool free : free_) {
      run = free ? run + 1 : 0;
      space.free_blocks += free;
      space.largest_extent_blocks = std::max(space.largest_extent_blocks, run);
    }
    return space;
  }
  // From the block on, at most so many; of several extents as they come.
  Extent used_from(uint64_t block, uint64_t most) const {
    block = std::max(block, geometry_.first_block);
    while (block < geometry_.end_block && free_[block]) ++block;
    Extent used{block, 0};
    while (used.end() < geometry_.end_block && !free_[used.end()] && used.blocks < most)
      ++used.blocks;
    return used;
  }

 private:
  Geometry geometry_;
  std::vector<bool> free_;
};

void expect_space(TestAllocator& allocator, const ModelOfBlocks& model) {
  const FreeSpace seen = allocator->free_space(), expected = model.space();
  EXPECT_EQ(seen.free_blocks, expected.free_blocks);
  EXPECT_EQ(seen.largest_extent_blocks, expected.largest_extent_blocks);
}

// The answer is free, as long as it may be, and only refused if it must be.
::testing::AssertionResult asked(TestAllocator& allocator, ModelOfBlocks& model,
                                 const AllocationRequest& request, Extent* given = nullptr) {
  const uint64_t longest = model.space().largest_extent_blocks;
  const Result<Extent> answer = allocator->allocate(request);
  auto wrong = ::testing::AssertionFailure()
               << "goal " << request.goal_block << ", " << request.min_blocks << " to "
               << request.max_blocks << " blocks, alignment " << request.alignment_blocks
               << ", longest " << longest << ": ";
  if (!answer.ok()) {
    if (answer.code() == ErrorCode::no_space && longest < request.min_blocks)
      return ::testing::AssertionSuccess();
    return wrong << describe(answer.code());
  }
  const Extent extent = answer.value();
  wrong << extent.blocks << " from " << extent.block;
  if (extent.blocks < request.min_blocks || extent.blocks > request.max_blocks) return wrong;
  if (!model.set(extent, false)) return wrong << ", not free";
  if (given != nullptr) *given = extent;
  return ::testing::AssertionSuccess();
}

TEST(AllocatorContract, OptionsHaveTheirDefaultsInRange) {
  const OptionTable& table = daxlab_alloc_abi2.info.options;
  for (uint32_t i = 0; i < table.count; ++i) {
    EXPECT_GE(table.options[i].default_value, table.options[i].minimum);
    EXPECT_LE(table.options[i].default_value, table.options[i].maximum);
  }
}

TEST(AllocatorContract, SaysThatThereIsNoMemory) {
  for (uint64_t arenas = 0;; ++arenas) {
    TestAllocator allocator;
    allocator.host.arenas_left = arenas;
    const Status status = allocator->init({3, 2000});
    if (status.ok()) {
      EXPECT_GT(arenas, 0u);
      break;
    }
    ASSERT_EQ(status.code(), ErrorCode::no_memory);
    ASSERT_LT(arenas, 100u);
  }
}

// Every state of nine blocks, with every request; also across a border of 512.
TEST(AllocatorContract, AnswersEveryRequestToASmallRegion) {
  constexpr uint64_t blocks = 9;
  for (const uint64_t first : {uint64_t{3}, uint64_t{508}}) {
    const Geometry geometry{first, first + blocks};
    for (uint64_t used = 0; used < (1u << blocks); ++used) {
      for (uint64_t max = 1; max <= blocks + 1; ++max) {
        for (uint64_t min = 1; min <= max; ++min) {
          const std::array<uint64_t, 5> goals{0, first, first + 5, first + blocks, UINT64_MAX / 2};
          const uint64_t goal = goals[(used + min + max) % goals.size()];
          const uint64_t alignment = uint64_t{1} << (used + 3 * max + min) % 4;
          TestAllocator allocator;
          ModelOfBlocks model(geometry);
          ASSERT_TRUE(allocator->init(geometry).ok());
          for (uint64_t i = 0; i < blocks; ++i) {
            if ((used >> i & 1) == 0) continue;
            uint64_t length = 1;
            while ((used >> (i + length) & 1) != 0) ++length;
            ASSERT_TRUE(allocator->mark_used({first + i, length}).ok());
            model.set({first + i, length}, false);
            i += length;
          }
          Extent given;
          ASSERT_TRUE(asked(allocator, model, {goal, min, max, alignment}, &given)) << used;
          expect_space(allocator, model);
          if (given.blocks == 0) continue;
          allocator->free(given);
          model.set(given, true);
          expect_space(allocator, model);
          if (::testing::Test::HasFailure()) FAIL() << used << " from " << first;
        }
      }
    }
  }
}

void run_at_random(uint32_t seed, std::vector<uint64_t> values = {}) {
  constexpr Geometry geometry{5, 4000};
  TestAllocator allocator(std::move(values));
  ModelOfBlocks model(geometry);
  ASSERT_TRUE(allocator->init(geometry).ok());
  std::mt19937 random(seed);
  for (int step = 0; step < 6000; ++step) {
    TestHost::this_thread_shard() = static_cast<uint32_t>(step % 5);
    // Waves: now nearly empty, now nearly full.
    const bool fill = random() % 100 < (step / 500 % 2 == 0 ? 65u : 35u);
    if (fill) {
      const uint64_t most = random() % 8 == 0 ? 1500 : random() % 3 == 0 ? 80 : 6;
      const uint64_t max = 1 + random() % most;
      const uint64_t min = random() % 2 == 0 ? 1 : 1 + random() % max;
      const uint64_t goal = random() % 3 == 0 ? 0 : random() % (geometry.end_block + 10);
      ASSERT_TRUE(asked(allocator, model, {goal, min, max, uint64_t{1} << random() % 11}));
    } else {
      const Extent used = model.used_from(random() % geometry.end_block, 1 + random() % 120);
      if (used.blocks == 0) continue;
      ASSERT_TRUE(model.set(used, true));
      allocator->free(used);
    }
    expect_space(allocator, model);
    if (::testing::Test::HasFailure()) FAIL() << "step " << step << ", seed " << seed;
  }
  TestHost::this_thread_shard() = 0;
}

TEST(AllocatorContract, AgreesWithAModel) {
  for (uint32_t seed = 1; seed <= 2; ++seed) run_at_random(seed);
}

TEST(AllocatorContract, UsesEveryBlockOnceAndMergesThemAgain) {
  constexpr Geometry geometry{7, 3333};
  TestAllocator allocator;
  ModelOfBlocks model(geometry);
  ASSERT_TRUE(allocator->init(geometry).ok());
  const uint64_t total = geometry.end_block - geometry.first_block;
  for (int round = 0; round < 3; ++round) {
    std::vector<Extent> given;
    for (uint64_t i = 0; model.space().free_blocks > 0; ++i) {
      Extent extent;
      ASSERT_TRUE(asked(allocator, model, {i * 37 % geometry.end_block, 1, 1 + i % 7, 1}, &extent));
      given.push_back(extent);
    }
    expect_space(allocator, model);
    EXPECT_EQ(allocator->allocate({0, 1, 1, 1}).code(), ErrorCode::no_space);
    for (size_t i = 0; i < given.size(); ++i) {
      allocator->free(given[i * 7919 % given.size()]);
      model.set(given[i * 7919 % given.size()], true);
    }
    ASSERT_EQ(model.space().free_blocks, total);
    EXPECT_EQ(allocator->allocate({0, total + 1, ~uint64_t{0}, 1}).code(), ErrorCode::no_space);
    const Result<Extent> all = allocator->allocate({0, total, ~uint64_t{0}, 1});
    ASSERT_TRUE(all.ok());
    EXPECT_EQ(all.value(), (Extent{geometry.first_block, total}));
    allocator->free(all.value());
  }
}

TEST(AllocatorContract, ThreadsGetBlocksOfTheirOwn) {
  constexpr Geometry geometry{5, 6000};
  constexpr uint32_t thread_count = 4;
  // Never all at once, so that every request can be served; but parts of the region get full.
  constexpr uint64_t most_held = (geometry.end_block - geometry.first_block) * 9 / 40;
  TestAllocator allocator;
  ASSERT_TRUE(allocator->init(geometry).ok());
  std::vector<std::atomic<uint32_t>> owners(geometry.end_block);
  const auto work = [&](uint32_t thread) {
    TestHost::this_thread_shard() = thread;
    std::mt19937 random(thread);
    std::vector<Extent> held;
    uint64_t blocks = 0;
    const auto give_back = [&] {
      std::swap(held[random() % held.size()], held.back());
      for (uint64_t b = held.back().block; b < held.back().end(); ++b)
        ASSERT_EQ(owners[b].exchange(0), thread);
      blocks -= held.back().blocks;
      allocator->free(held.back());
      held.pop_back();
    };
    for (int round = 0; round < 4000; ++round) {
      const uint64_t max = 1 + random() % (round % 16 == 0 ? 600 : 9);
      while (blocks + max > most_held) ASSERT_NO_FATAL_FAILURE(give_back());
      const Result<Extent> extent =
          allocator->allocate({random() % geometry.end_block, 1, max, max >= 512 ? 512u : 1u});
      ASSERT_TRUE(extent.ok());
      for (uint64_t b = extent.value().block; b < extent.value().end(); ++b)
        ASSERT_EQ(owners[b].exchange(thread), 0u);
      held.push_back(extent.value());
      blocks += extent.value().blocks;
      if (round % 500 == 0) {
        EXPECT_LE(allocator->free_space().free_blocks, geometry.end_block);
      }
    }
    while (!held.empty()) ASSERT_NO_FATAL_FAILURE(give_back());
  };
  {
    std::vector<std::jthread> threads;
    for (uint32_t thread = 1; thread <= thread_count; ++thread) threads.emplace_back(work, thread);
  }
  const FreeSpace space = allocator->free_space();
  EXPECT_EQ(space.free_blocks, geometry.end_block - geometry.first_block);
  EXPECT_EQ(space.largest_extent_blocks, space.free_blocks);
}

}  // namespace
}  // namespace daxlab
