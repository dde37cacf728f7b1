#include "core/base/latency_counts.h"

#include <gtest/gtest.h>

#include <memory>
#include <thread>
#include <vector>

namespace daxlab {
namespace {

TEST(LatencyBuckets, FollowEachOtherAndAreNarrow) {
  for (uint32_t bucket = 0; bucket + 1 < latency_buckets; ++bucket) {
    const uint64_t first = first_ns_of_bucket(bucket), last = last_ns_of_bucket(bucket);
    ASSERT_EQ(latency_bucket_of(first), bucket);
    ASSERT_EQ(latency_bucket_of(last), bucket);
    ASSERT_EQ(first_ns_of_bucket(bucket + 1), last + 1);
    ASSERT_LE(static_cast<double>(last - first), 0.03 * static_cast<double>(first)) << first;
  }
  EXPECT_EQ(latency_bucket_of(UINT64_MAX), latency_buckets - 1);
}

TEST(LatencyCounts, CountWhatAllThreadsAdd) {
  const auto counts = std::make_unique<LatencyCounts>();
  std::vector<std::jthread> threads;
  for (uint64_t thread = 1; thread <= 4; ++thread) {
    threads.emplace_back([&counts, thread] {
      for (uint64_t i = 0; i < 1000; ++i) counts->add(thread * 1000);
    });
  }
  threads.clear();
  EXPECT_EQ(counts->in_all(), 4000u);
  for (uint64_t thread = 1; thread <= 4; ++thread) {
    EXPECT_EQ(counts->in_bucket(latency_bucket_of(thread * 1000)), 1000u);
  }
  EXPECT_EQ(counts->max_ns(), 4000u);
  counts->reset();
  EXPECT_EQ(counts->in_all(), 0u);
  EXPECT_EQ(counts->max_ns(), 0u);
}

TEST(LatencyCounts, WhatTookAgesIsInTheLastBucket) {
  const auto counts = std::make_unique<LatencyCounts>();
  counts->add(UINT64_MAX);
  EXPECT_EQ(counts->in_bucket(LatencyCounts::buckets - 1), 1u);
  EXPECT_EQ(counts->max_ns(), UINT64_MAX);
}

}  // namespace
}  // namespace daxlab
