#include "harness/workloads/latency_histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

#include "harness/workloads/stamp.h"

namespace daxlab {
namespace {

TEST(LatencyHistogram, EmptyHasNoPercentiles) {
  const LatencyHistogram histogram;
  EXPECT_EQ(histogram.count(), 0u);
  EXPECT_EQ(histogram.max_ns(), 0u);
  EXPECT_EQ(histogram.percentile_ns(0.5), 0u);
}

TEST(LatencyHistogram, SmallValuesAreExact) {
  LatencyHistogram histogram;
  for (uint64_t value = 1; value <= 10; ++value) histogram.add(value);
  EXPECT_EQ(histogram.percentile_ns(0.0), 1u);
  EXPECT_EQ(histogram.percentile_ns(0.1), 1u);
  EXPECT_EQ(histogram.percentile_ns(0.5), 5u);
  EXPECT_EQ(histogram.percentile_ns(0.51), 6u);
  EXPECT_EQ(histogram.percentile_ns(0.9), 9u);
  EXPECT_EQ(histogram.percentile_ns(1.0), 10u);
}

TEST(LatencyHistogram, ShareThatIsNotExactInBinaryAsksForNoEntryMore) {
  LatencyHistogram histogram;
  for (uint64_t entry = 0; entry < 7; ++entry) histogram.add(3);
  for (uint64_t entry = 0; entry < 93; ++entry) histogram.add(9);
  EXPECT_EQ(histogram.percentile_ns(0.07), 3u);
}

TEST(LatencyHistogram, FilledBucketsHoldAllEntriesInOrder) {
  LatencyHistogram histogram;
  for (const uint64_t value : {70u, 3u, 70u, 1'000'001u}) histogram.add(value);
  const auto filled = histogram.filled_buckets();
  ASSERT_EQ(filled.size(), 3u);
  EXPECT_EQ(filled[0], LatencyHistogram::Bucket(3, 1));
  EXPECT_EQ(filled[1], LatencyHistogram::Bucket(70, 2));
  EXPECT_LE(filled[2].first, 1'000'001u);
  EXPECT_GT(filled[2].first, 1'000'001u * 97 / 100);
  EXPECT_EQ(filled[2].second, 1u);
}

TEST(LatencyHistogram, TakesWhatThreadsCounted) {
  const auto counts = std::make_unique<LatencyCounts>();
  for (const uint64_t value : {100u, 100u, 9'000u}) counts->add(value);
  LatencyHistogram histogram;
  histogram.add(100);
  histogram.merge(*counts);
  EXPECT_EQ(histogram.count(), 4u);
  EXPECT_EQ(histogram.max_ns(), 9'000u);
  EXPECT_EQ(histogram.percentile_ns(0.75), 100u);
  EXPECT_EQ(histogram.percentile_ns(1), 9'000u);
}

TEST(LatencyHistogram, ExtremesFit) {
  LatencyHistogram histogram;
  histogram.add(0);
  histogram.add(UINT64_MAX);
  EXPECT_EQ(histogram.percentile_ns(0.5), 0u);
  EXPECT_EQ(histogram.percentile_ns(1.0), UINT64_MAX);
  EXPECT_EQ(histogram.max_ns(), UINT64_MAX);
}

// Values of all magnitudes: the right answer is in the sorted vector.
TEST(LatencyHistogram, PercentilesAreAtMostOneBucketHigh) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    LatencyHistogram halves[2], whole;
    std::vector<uint64_t> sorted;
    for (uint64_t i = 0; i < 500 * seed; ++i) {
      const uint64_t bits = mix(seed * 1000000 + i);
      const uint64_t value = mix(bits) >> (bits % 64);
      sorted.push_back(value);
      halves[i % 2].add(value);
    }
    whole.merge(halves[0]);
    whole.merge(halves[1]);
    std::sort(sorted.begin(), sorted.end());
    ASSERT_EQ(whole.count(), sorted.size());
    EXPECT_EQ(whole.max_ns(), sorted.back());
    for (const double share : {0.001, 0.01, 0.25, 0.5, 0.9, 0.99, 0.999, 1.0}) {
      const size_t rank = std::max<size_t>(
          1, static_cast<size_t>(std::ceil(share * static_cast<double>(sorted.size()) - 1e-9)));
      const uint64_t exact = sorted[rank - 1];
      const uint64_t got = whole.percentile_ns(share);
      EXPECT_GE(got, exact) << "share " << share << " seed " << seed;
      EXPECT_LE(got - exact, exact / 64) << "share " << share << " seed " << seed;
    }
  }
}

}  // namespace
}  // namespace daxlab
