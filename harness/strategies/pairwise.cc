#include "harness/strategies/pairwise.h"

#include <array>
#include <set>

namespace daxlab {
namespace {

// Axis and value, twice; the first axis is the lesser.
using Pair = std::array<size_t, 4>;

Pair pair_of(size_t axis, size_t value, size_t other_axis, size_t other_value) {
  if (axis < other_axis) return {axis, value, other_axis, other_value};
  return {other_axis, other_value, axis, value};
}

std::set<Pair> all_pairs(const std::vector<size_t>& axes) {
  std::set<Pair> pairs;
  for (size_t a = 0; a < axes.size(); ++a) {
    for (size_t b = a + 1; b < axes.size(); ++b) {
      for (size_t i = 0; i < axes[a]; ++i) {
        for (size_t j = 0; j < axes[b]; ++j) pairs.insert({a, i, b, j});
      }
    }
  }
  return pairs;
}

// The value of `axis` that meets the most pairs still wanted with what the row has. Ties go to the
// one that follows `row_number`, so that no value comes up more than others.
size_t best_value(const std::vector<size_t>& axes, const std::vector<size_t>& row,
                  const std::vector<bool>& chosen, size_t axis, const std::set<Pair>& wanted,
                  size_t row_number) {
  size_t best = 0, most = 0;
  for (size_t turn = 0; turn < axes[axis]; ++turn) {
    const size_t value = (row_number + turn) % axes[axis];
    size_t met = 0;
    for (size_t other = 0; other < axes.size(); ++other) {
      if (chosen[other]) met += wanted.count(pair_of(axis, value, other, row[other]));
    }
    if (turn == 0 || met > most) {
      best = value;
      most = met;
    }
  }
  return best;
}

}  // namespace

std::vector<std::vector<size_t>> pairwise_rows(const std::vector<size_t>& axes) {
  std::vector<std::vector<size_t>> rows;
  if (axes.size() == 1) {
    for (size_t value = 0; value < axes[0]; ++value) rows.push_back({value});
    return rows;
  }
  std::set<Pair> wanted = all_pairs(axes);
  while (!wanted.empty()) {
    // A row begins with a pair that is wanted, so each row is worth it.
    const Pair first = *wanted.begin();
    std::vector<size_t> row(axes.size());
    std::vector<bool> chosen(axes.size());
    row[first[0]] = first[1];
    row[first[2]] = first[3];
    chosen[first[0]] = chosen[first[2]] = true;
    for (size_t axis = 0; axis < axes.size(); ++axis) {
      if (chosen[axis]) continue;
      row[axis] = best_value(axes, row, chosen, axis, wanted, rows.size());
      chosen[axis] = true;
    }
    for (size_t a = 0; a < axes.size(); ++a) {
      for (size_t b = a + 1; b < axes.size(); ++b) wanted.erase({a, row[a], b, row[b]});
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace daxlab
