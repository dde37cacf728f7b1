#include <gmock/gmock.h>

#include <cmath>
#include <random>
#include <vector>

#include "harness/statistics/bootstrap.h"
#include "harness/statistics/holm.h"
#include "harness/statistics/mann_whitney.h"

namespace daxlab {
namespace {

using Sample = std::vector<double>;

TEST(Median, IsTheMiddleOfAnOrder) {
  EXPECT_EQ(median(Sample{3, 1, 2}), 2);
  EXPECT_EQ(median(Sample{4, 1, 3, 2}), 2.5);
  EXPECT_EQ(median(Sample{}), 0);
}

TEST(RankTest, KnowsPublishedValues) {
  // Of 10 ways to deal five out to two and three, two are as far apart.
  EXPECT_DOUBLE_EQ(mann_whitney_p(Sample{1, 2}, Sample{3, 4, 5}), 0.2);
  EXPECT_DOUBLE_EQ(mann_whitney_p(Sample{1, 2, 3, 4}, Sample{5, 6, 7, 8}), 2.0 / 70);
  EXPECT_DOUBLE_EQ(mann_whitney_p(Sample{1, 3, 5, 7}, Sample{2, 4, 6, 8}), 48.0 / 70);
  EXPECT_EQ(mann_whitney_p(Sample{5, 5, 5}, Sample{5, 5, 5}), 1);
  EXPECT_EQ(mann_whitney_p(Sample{}, Sample{1}), 1);
}

// One after the other, the simplest way to be right.
double counted_p(const Sample& one, const Sample& other) {
  Sample all = one;
  all.insert(all.end(), other.begin(), other.end());
  const auto distance = [&](uint32_t chosen) {  // of U from its middle
    double u = 0;
    for (size_t i = 0; i < all.size(); ++i) {
      for (size_t j = 0; j < all.size(); ++j) {
        if (((chosen >> i) & 1) == 0 || ((chosen >> j) & 1) != 0) continue;
        u += all[i] > all[j] ? 1 : all[i] == all[j] ? 0.5 : 0;
      }
    }
    return std::abs(u - static_cast<double>(one.size() * other.size()) / 2);
  };
  const double seen = distance((1u << one.size()) - 1);
  double as_far = 0, whole = 0;
  for (uint32_t chosen = 0; chosen < 1u << all.size(); ++chosen) {
    if (static_cast<size_t>(__builtin_popcount(chosen)) != one.size()) continue;
    ++whole;
    if (distance(chosen) >= seen - 1e-9) ++as_far;
  }
  return as_far / whole;
}

TEST(RankTest, IsTheShareOfAllWaysToDealTheFiguresOut) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 200; ++i) {
    Sample one(1 + random() % 5), other(1 + random() % 5);
    for (double& value : one) value = static_cast<double>(random() % 6);  // with ties
    for (double& value : other) value = static_cast<double>(random() % 6);
    EXPECT_NEAR(mann_whitney_p(one, other), counted_p(one, other), 1e-12);
    EXPECT_NEAR(mann_whitney_p(one, other), mann_whitney_p(other, one), 1e-12);
  }
}

TEST(RankTest, TheApproximationIsThatOfManyFigures) {
  Sample one, other;
  std::mt19937_64 random(2);
  std::normal_distribution<double> usual(100, 10);
  for (int i = 0; i < 30; ++i) one.push_back(usual(random)), other.push_back(usual(random) + 4);
  const double exact = mann_whitney_p(one, other);
  one.push_back(100);  // one more than is counted out
  EXPECT_NEAR(mann_whitney_p(one, other), exact, 0.02);
}

TEST(RankTest, OfOneDistributionItIsBelowALevelNoOftenerThanThat) {
  std::mt19937_64 random(3);
  std::lognormal_distribution<double> skewed(0, 1);
  int below = 0;
  for (int i = 0; i < 2000; ++i) {
    Sample one(9), other(9);
    for (double& value : one) value = skewed(random);
    for (double& value : other) value = skewed(random);
    below += mann_whitney_p(one, other) <= 0.05 ? 1 : 0;
  }
  EXPECT_GT(below, 50);
  EXPECT_LE(below, 120);  // 100 at most in the long run; 4 times its spread more
}

TEST(RankTest, SaysHowManyFiguresALevelNeeds) {
  EXPECT_DOUBLE_EQ(smallest_p(4, 4), 2.0 / 70);
  EXPECT_DOUBLE_EQ(smallest_p(2, 3), 0.2);
  EXPECT_EQ(smallest_p(0, 4), 1);
  EXPECT_EQ(figures_needed(0.05), 4u);
  EXPECT_EQ(figures_needed(0.05 / 100), 8u);
  EXPECT_EQ(figures_needed(0.05 / 524), 9u);
}

TEST(SeveralTests, AreAdjustedOneAfterTheOther) {
  EXPECT_THAT(adjusted_for_many(Sample{0.01, 0.04, 0.03, 0.005}),
              testing::Pointwise(testing::DoubleEq(), Sample{0.03, 0.06, 0.06, 0.02}));
  EXPECT_THAT(adjusted_for_many(Sample{0.9, 0.8}),
              testing::Pointwise(testing::DoubleEq(), Sample{1, 1}));
  EXPECT_TRUE(adjusted_for_many({}).empty());
}

TEST(Bootstrap, IntervalsHoldTheTrueRatioAsOftenAsTheySay) {
  std::mt19937_64 random(4);
  std::lognormal_distribution<double> base_of(0, 0.1);
  int held = 0;
  constexpr int tries = 300;
  for (int i = 0; i < tries; ++i) {
    Sample base(15), now(15);
    for (double& value : base) value = base_of(random);
    for (double& value : now) value = 1.1 * base_of(random);
    held += ratio_interval(base, now, static_cast<uint64_t>(i)).contains(1.1) ? 1 : 0;
  }
  EXPECT_GE(held, tries * 90 / 100);
}

TEST(Bootstrap, IsTheSameForTheSameSeedAndClearAtTheEdges) {
  const Sample base = {1, 2, 3, 4, 5}, now = {2, 4, 6, 8, 10};
  const Interval one = ratio_interval(base, now, 7), same = ratio_interval(base, now, 7);
  EXPECT_EQ(one.low, same.low);
  EXPECT_EQ(one.high, same.high);
  EXPECT_TRUE(one.contains(2));
  EXPECT_EQ(median_interval(Sample{3}, 1).low, 3);
  EXPECT_EQ(median_interval(Sample{3}, 1).high, 3);
  EXPECT_TRUE(std::isinf(ratio_interval(Sample{0}, Sample{1}, 1).high));
  EXPECT_EQ(ratio_interval(Sample{0}, Sample{0}, 1).low, 1);
}

}  // namespace
}  // namespace daxlab
