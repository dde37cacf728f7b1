#include "harness/strategies/pairwise.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <tuple>

namespace daxlab {
namespace {

void expect_all_pairs(const std::vector<size_t>& axes, size_t most_rows) {
  const auto rows = pairwise_rows(axes);
  std::set<std::tuple<size_t, size_t, size_t, size_t>> seen;
  for (const auto& row : rows) {
    ASSERT_EQ(row.size(), axes.size());
    for (size_t a = 0; a < axes.size(); ++a) {
      ASSERT_LT(row[a], axes[a]);
      for (size_t b = a + 1; b < axes.size(); ++b) seen.insert({a, row[a], b, row[b]});
    }
  }
  size_t pairs = 0;
  for (size_t a = 0; a < axes.size(); ++a) {
    for (size_t b = a + 1; b < axes.size(); ++b) pairs += axes[a] * axes[b];
  }
  EXPECT_EQ(seen.size(), pairs);
  EXPECT_LE(rows.size(), most_rows);
  auto sorted = rows;
  std::sort(sorted.begin(), sorted.end());
  EXPECT_EQ(std::adjacent_find(sorted.begin(), sorted.end()), sorted.end()) << "a row twice";
  EXPECT_EQ(pairwise_rows(axes), rows);
}

TEST(Pairwise, EveryPairOfValuesIsInSomeRow) {
  expect_all_pairs({2, 2}, 4);
  expect_all_pairs({2, 2, 2}, 6);
  expect_all_pairs({1, 1, 1}, 1);
  expect_all_pairs({5, 1, 3}, 15);
  expect_all_pairs({11, 3, 4, 2}, 48);
  expect_all_pairs({11, 3, 4, 2, 3}, 52);
  expect_all_pairs({2, 2, 2, 2, 2, 2, 2, 2}, 12);
}

// Value 2 of the first axis goes with value 0 of the second alone, and never are the last three 1.
TEST(Pairwise, NoRowIsImpossibleAndEveryPairThatIsPossibleIsThere) {
  const std::vector<size_t> axes = {4, 3, 2, 2, 2};
  const auto possible = [](const std::vector<size_t>& row) {
    const bool apart = row[0] == 2 && row[1] != not_chosen && row[1] != 0;
    return !apart && !(row[2] == 1 && row[3] == 1 && row[4] == 1);
  };
  const auto rows = pairwise_rows(axes, possible);
  std::set<std::tuple<size_t, size_t, size_t, size_t>> seen;
  for (const auto& row : rows) {
    EXPECT_TRUE(possible(row));
    for (size_t a = 0; a < axes.size(); ++a) {
      for (size_t b = a + 1; b < axes.size(); ++b) seen.insert({a, row[a], b, row[b]});
    }
  }
  EXPECT_EQ(seen.size(), 12u + 3 * 8u + 3 * 6u + 3 * 4u - 2);
  EXPECT_LE(rows.size(), 16u);
}

// The longest two axes have all that they can have in common; of a third and a fourth with the
// first, 3 * 2 * 2 triples, some are missing when values come in turn.
TEST(Pairwise, TiesThatAreDrawnLetMoreThanPairsMeet) {
  const auto triples = [](uint64_t ties) {
    std::set<std::tuple<size_t, size_t, size_t>> met;
    const auto rows = pairwise_rows(
        {3, 8, 2, 2}, [](const auto&) { return true; }, ties);
    for (const auto& row : rows) met.insert({row[0], row[2], row[3]});
    EXPECT_LE(rows.size(), 26u);
    return met.size();
  };
  EXPECT_LT(triples(0), 12u);
  EXPECT_EQ(triples(1), 12u);
}

TEST(Pairwise, OneAxisIsItsValues) {
  EXPECT_EQ(pairwise_rows({3}), (std::vector<std::vector<size_t>>{{0}, {1}, {2}}));
}

}  // namespace
}  // namespace daxlab
