#include "harness/statistics/mann_whitney.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace daxlab {
namespace {

constexpr size_t most_exact = 60;

struct Ranked {
  // Twice the rank, so that ties, which share the mean of their ranks, are whole numbers too.
  std::vector<uint64_t> double_ranks;
  uint64_t sum_of_one = 0;
  double tied = 0;  // the sum of t^3 - t over groups of t equal figures
};

Ranked rank(std::span<const double> one, std::span<const double> other) {
  struct Figure {
    double value;
    bool is_of_one;
  };
  std::vector<Figure> all;
  for (const double value : one) all.push_back({value, true});
  for (const double value : other) all.push_back({value, false});
  std::ranges::sort(all, {}, &Figure::value);
  Ranked ranked;
  for (size_t first = 0; first < all.size();) {
    size_t end = first + 1;
    while (end < all.size() && all[end].value == all[first].value) ++end;
    const uint64_t double_rank = first + 1 + end;  // of ranks first + 1 to end
    for (size_t i = first; i < end; ++i) {
      ranked.double_ranks.push_back(double_rank);
      if (all[i].is_of_one) ranked.sum_of_one += double_rank;
    }
    const auto equal = static_cast<double>(end - first);
    ranked.tied += equal * equal * equal - equal;
    first = end;
  }
  return ranked;
}

// Ways to choose so many of the ranks, by their sum: the share of those that are as far from the
// middle as the one that was seen, or farther.
double exact_p(const Ranked& ranked, size_t chosen) {
  uint64_t all = 0;
  for (const uint64_t rank : ranked.double_ranks) all += rank;
  std::vector<std::vector<double>> ways(chosen + 1, std::vector<double>(all + 1, 0.0));
  ways[0][0] = 1;
  for (const uint64_t rank : ranked.double_ranks) {
    for (size_t count = chosen; count > 0; --count) {
      for (uint64_t sum = all; sum >= rank; --sum) ways[count][sum] += ways[count - 1][sum - rank];
    }
  }
  // Both sides times the number of figures: the middle is `all` times the share that is chosen.
  const auto figures = static_cast<int64_t>(ranked.double_ranks.size());
  const auto middle = static_cast<int64_t>(all) * static_cast<int64_t>(chosen);
  const int64_t seen = std::abs(static_cast<int64_t>(ranked.sum_of_one) * figures - middle);
  double as_far = 0, whole = 0;
  for (uint64_t sum = 0; sum <= all; ++sum) {
    whole += ways[chosen][sum];
    if (std::abs(static_cast<int64_t>(sum) * figures - middle) >= seen) as_far += ways[chosen][sum];
  }
  return as_far / whole;
}

double approximate_p(const Ranked& ranked, size_t one, size_t other) {
  const auto n = static_cast<double>(one), m = static_cast<double>(other), all = n + m;
  const double mean = n * (all + 1) / 2;
  const double variance = n * m / 12 * (all + 1 - ranked.tied / (all * (all - 1)));
  if (variance <= 0) return 1;  // all are equal
  const double away = std::abs(static_cast<double>(ranked.sum_of_one) / 2 - mean) - 0.5;
  return std::erfc(std::max(away, 0.0) / std::sqrt(variance) / std::sqrt(2.0));
}

}  // namespace

double mann_whitney_p(std::span<const double> one, std::span<const double> other) {
  if (one.empty() || other.empty()) return 1;
  const Ranked ranked = rank(one, other);
  return one.size() + other.size() <= most_exact ? exact_p(ranked, one.size())
                                                 : approximate_p(ranked, one.size(), other.size());
}

double smallest_p(size_t one, size_t other) {
  double p = 2;  // both ends
  for (size_t i = 1; i <= one; ++i) p *= static_cast<double>(i) / static_cast<double>(other + i);
  return std::min(p, 1.0);
}

size_t figures_needed(double level) {
  size_t figures = 1;
  while (smallest_p(figures, figures) > level) ++figures;
  return figures;
}

}  // namespace daxlab
