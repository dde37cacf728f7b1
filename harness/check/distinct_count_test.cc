#include "harness/check/distinct_count.h"

#include <gtest/gtest.h>

#include "harness/histories/random.h"

namespace daxlab {
namespace {

// The numbers from `first` on, so many, mixed.
void add(DistinctCount& count, uint64_t first, uint64_t numbers) {
  for (uint64_t i = 0; i < numbers; ++i) count.add(mix_bits(first + i));
}

TEST(DistinctCount, IsExactAsLongAsAllAreKept) {
  DistinctCount count;
  EXPECT_EQ(count.count(), 0u);
  add(count, 0, 1000);
  add(count, 500, 1000);
  EXPECT_EQ(count.count(), 1500u);
  add(count, 0, DistinctCount::most_kept);
  add(count, 0, DistinctCount::most_kept);
  EXPECT_EQ(count.count(), DistinctCount::most_kept);
  EXPECT_FALSE(count.is_estimate());
}

TEST(DistinctCount, IsAnEstimateOfMore) {
  DistinctCount count;
  for (uint64_t millions = 1; millions <= 4; ++millions) {
    add(count, (millions - 1) * 1'000'000, 1'000'000);
    EXPECT_TRUE(count.is_estimate());
    EXPECT_NEAR(static_cast<double>(count.count()), static_cast<double>(millions) * 1e6,
                static_cast<double>(millions) * 1e6 * 0.01);
  }
  const uint64_t before = count.count();
  add(count, 0, 1'000'000);
  EXPECT_EQ(count.count(), before) << "these have come before";
}

TEST(DistinctCount, TakesNoMoreMemoryForMore) {
  DistinctCount few, many;
  add(few, 0, DistinctCount::most_kept);
  add(many, 0, 8 * DistinctCount::most_kept);
  EXPECT_EQ(few.memory_bytes(), size_t{4} << 20);
  EXPECT_EQ(many.memory_bytes(), few.memory_bytes());
}

// Not as a free place of the table.
TEST(DistinctCount, ZeroIsANumber) {
  DistinctCount count;
  count.add(0);
  count.add(0);
  EXPECT_EQ(count.count(), 1u);
}

}  // namespace
}  // namespace daxlab
