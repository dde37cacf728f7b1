#include "harness/workloads/access_pattern.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace daxlab {
namespace {

std::vector<uint64_t> visits_of(const AccessPattern& pattern, uint64_t steps) {
  std::vector<uint64_t> visits(pattern.count());
  for (uint64_t step = 0; step < steps; ++step) ++visits.at(pattern.at(step));
  return visits;
}

TEST(AccessPattern, SequentialBeginsAnewAtTheEnd) {
  const AccessPattern pattern(Pattern::sequential, 5, 99, 1);
  for (uint64_t step = 0; step < 12; ++step) EXPECT_EQ(pattern.at(step), step % 5);
  EXPECT_TRUE(pattern.visits_all());
}

TEST(AccessPattern, RandomVisitsEveryPlaceOnceInAnotherOrderEachTime) {
  for (const uint64_t count : std::vector<uint64_t>{1, 2, 3, 4, 5, 7, 16, 17, 100, 1000, 4097}) {
    const AccessPattern pattern(Pattern::random, count, 99, 7);
    EXPECT_TRUE(pattern.visits_all());
    uint64_t same_as_sequential = 0, same_as_before = 0;
    for (uint64_t pass = 0; pass < 3; ++pass) {
      std::vector<bool> seen(count);
      for (uint64_t i = 0; i < count; ++i) {
        const uint64_t place = pattern.at(pass * count + i);
        ASSERT_LT(place, count);
        EXPECT_FALSE(seen[place]) << "place " << place << " of " << count << " twice";
        seen[place] = true;
        same_as_sequential += place == i;
        if (pass > 0) same_as_before += place == pattern.at((pass - 1) * count + i);
      }
    }
    if (count < 100) continue;
    // About one in `count` by chance, three and two times over.
    EXPECT_LT(same_as_sequential, 20u) << count;
    EXPECT_LT(same_as_before, 20u) << count;
  }
}

TEST(AccessPattern, IsTheSameForOneSeedAndAnotherForAnother) {
  for (const Pattern kind : {Pattern::random, Pattern::uniform, Pattern::zipf}) {
    const AccessPattern first(kind, 1000, 99, 3), same(kind, 1000, 99, 3), other(kind, 1000, 99, 4);
    uint64_t equal = 0;
    for (uint64_t step = 0; step < 1000; ++step) {
      ASSERT_EQ(first.at(step), same.at(step));
      equal += first.at(step) == other.at(step);
    }
    EXPECT_LT(equal, 500u);
  }
}

// Pearson's sum over the expected visits; with n places it is about n, give or take sqrt(2n).
double deviation(const std::vector<double>& shares, const std::vector<uint64_t>& visits,
                 uint64_t steps) {
  double sum = 0;
  for (size_t i = 0; i < shares.size(); ++i) {
    const double expected = shares[i] * static_cast<double>(steps);
    sum += std::pow(static_cast<double>(visits[i]) - expected, 2) / expected;
  }
  return sum;
}

constexpr uint64_t steps_of_test = 200000;

TEST(AccessPattern, UniformIsEven) {
  const AccessPattern pattern(Pattern::uniform, 1000, 99, 5);
  EXPECT_FALSE(pattern.visits_all());
  const std::vector<double> even(1000, 1.0 / 1000);
  const double found = deviation(even, visits_of(pattern, steps_of_test), steps_of_test);
  EXPECT_GT(found, 1000 - 6 * std::sqrt(2000.0));  // each once per round would be 0
  EXPECT_LT(found, 1000 + 6 * std::sqrt(2000.0));
}

std::vector<double> zipf_shares(uint64_t count, double exponent) {
  std::vector<double> shares;
  double sum = 0;
  for (uint64_t rank = 1; rank <= count; ++rank) {
    shares.push_back(std::pow(static_cast<double>(rank), -exponent));
    sum += shares.back();
  }
  for (double& share : shares) share /= sum;
  return shares;
}

TEST(ZipfRanks, FollowTheLawForEveryExponent) {
  for (const uint64_t percent : std::vector<uint64_t>{1, 50, 99, 100, 101, 150, 300}) {
    const uint64_t count = percent > 150 ? 20 : 200;  // else the last are hardly ever drawn
    const double exponent = static_cast<double>(percent) / 100;
    const ZipfRanks ranks(count, exponent);
    std::vector<uint64_t> visits(count);
    for (uint64_t i = 0; i < steps_of_test; ++i) ++visits.at(ranks.draw(i * 977) - 1);
    const double found = deviation(zipf_shares(count, exponent), visits, steps_of_test);
    const double n = static_cast<double>(count);
    EXPECT_GT(found, n - 6 * std::sqrt(2 * n)) << percent;
    EXPECT_LT(found, n + 6 * std::sqrt(2 * n)) << percent;
  }
}

TEST(ZipfRanks, OneIsAlwaysDrawnOfOne) {
  const ZipfRanks ranks(1, 0.99);
  for (uint64_t i = 0; i < 100; ++i) EXPECT_EQ(ranks.draw(i), 1u);
}

TEST(AccessPattern, ZipfHasHotPlacesThatAreSpread) {
  constexpr uint64_t count = 10000, steps = 100000;
  const AccessPattern pattern(Pattern::zipf, count, 99, 11);
  std::vector<uint64_t> visits = visits_of(pattern, steps);
  std::vector<uint64_t> hottest(count);
  for (uint64_t i = 0; i < count; ++i) hottest[i] = i;
  std::partial_sort(hottest.begin(), hottest.begin() + 10, hottest.end(),
                    [&](uint64_t a, uint64_t b) { return visits[a] > visits[b]; });
  // Zipf's law gives the first ten of 10,000 places 29% of the visits.
  uint64_t ten_hottest = 0, neighbours = 0;
  for (uint64_t i = 0; i < 10; ++i) {
    ten_hottest += visits[hottest[i]];
    for (uint64_t j = 0; j < i; ++j)
      neighbours += std::max(hottest[i], hottest[j]) - std::min(hottest[i], hottest[j]) < 10;
  }
  EXPECT_GT(ten_hottest, steps * 27 / 100);
  EXPECT_LT(ten_hottest, steps * 32 / 100);
  EXPECT_LE(neighbours, 2u);
}

}  // namespace
}  // namespace daxlab
