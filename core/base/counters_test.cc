#include "core/base/counters.h"

#include <gtest/gtest.h>

#include <latch>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

namespace daxlab {
namespace {

TEST(Counters, SumsWhatAllThreadsAdd) {
  Counters counters;
  std::vector<std::jthread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&] {
      for (int i = 0; i < 1000; ++i) {
        counters.add(Counter::flushes, 3);
        counters.add(Counter::fences);
      }
    });
  }
  threads.clear();
  EXPECT_EQ(counters.sum(Counter::flushes), 12000u);
  EXPECT_EQ(counters.sum(Counter::fences), 4000u);
  EXPECT_EQ(counters.sum(Counter::enospc), 0u);
}

TEST(Counters, RemembersTheHighestLevel) {
  Counters counters;
  counters.raise(Peak::page_cache_pages, 5);
  counters.raise(Peak::page_cache_pages, -3);
  counters.raise(Peak::page_cache_pages, 1);
  EXPECT_EQ(counters.level(Peak::page_cache_pages), 3);
  EXPECT_EQ(counters.highest(Peak::page_cache_pages), 5);
  EXPECT_EQ(counters.highest(Peak::kernel_mappings), 0);
  EXPECT_EQ(counters.times_lowered(Peak::page_cache_pages), 1u);
  EXPECT_EQ(counters.times_lowered(Peak::kernel_mappings), 0u);
}

TEST(Counters, PeakOfManyThreadsIsWithinReason) {
  Counters counters;
  std::vector<std::jthread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&] {
      for (int i = 0; i < 5000; ++i) {
        counters.raise(Peak::kernel_mappings, 2);
        counters.raise(Peak::kernel_mappings, -2);
      }
    });
  }
  threads.clear();
  EXPECT_EQ(counters.level(Peak::kernel_mappings), 0);
  EXPECT_GE(counters.highest(Peak::kernel_mappings), 2);
  EXPECT_LE(counters.highest(Peak::kernel_mappings), 8);
  EXPECT_EQ(counters.times_lowered(Peak::kernel_mappings), 4u * 5000);
}

TEST(Counters, ResetKeepsLevels) {
  Counters counters;
  counters.add(Counter::enospc, 7);
  counters.raise(Peak::page_cache_pages, 9);
  counters.raise(Peak::page_cache_pages, -5);
  counters.reset();
  EXPECT_EQ(counters.sum(Counter::enospc), 0u);
  EXPECT_EQ(counters.level(Peak::page_cache_pages), 4);
  EXPECT_EQ(counters.highest(Peak::page_cache_pages), 4);
}

TEST(ThreadShard, IsKeptAndDistinctWhileThereAreEnough) {
  std::set<uint32_t> shards{thread_shard()};
  EXPECT_EQ(*shards.begin(), thread_shard());
  // Threads of earlier tests took numbers too, so that these go round the end; sixteen are
  // distinct.
  std::mutex mutex;
  std::latch all(16);
  std::vector<std::jthread> threads;
  std::set<uint32_t> of_threads;
  for (int i = 0; i < 16; ++i) {
    threads.emplace_back([&] {
      uint32_t shard = thread_shard();
      all.arrive_and_wait();
      std::lock_guard guard(mutex);
      EXPECT_EQ(shard, thread_shard());
      EXPECT_LT(shard, thread_shards);
      of_threads.insert(shard);
    });
  }
  threads.clear();
  EXPECT_EQ(of_threads.size(), 16u);
}

}  // namespace
}  // namespace daxlab
