#include "harness/strategies/pairwise.h"

#include <array>
#include <cassert>
#include <random>
#include <set>

namespace daxlab {
namespace {

// Axis and value, twice; the first axis is the lesser.
using Pair = std::array<size_t, 4>;

Pair pair_of(size_t axis, size_t value, size_t other_axis, size_t other_value) {
  if (axis < other_axis) return {axis, value, other_axis, other_value};
  return {other_axis, other_value, axis, value};
}

// A row of these two values and no other.
std::vector<size_t> row_of(const Pair& pair, size_t axes) {
  std::vector<size_t> row(axes, not_chosen);
  row[pair[0]] = pair[1];
  row[pair[2]] = pair[3];
  return row;
}

std::set<Pair> all_pairs(const std::vector<size_t>& axes, const PossibleRow& possible) {
  std::set<Pair> pairs;
  for (size_t a = 0; a < axes.size(); ++a) {
    for (size_t b = a + 1; b < axes.size(); ++b) {
      for (size_t i = 0; i < axes[a]; ++i) {
        for (size_t j = 0; j < axes[b]; ++j) {
          if (possible(row_of({a, i, b, j}, axes.size()))) pairs.insert({a, i, b, j});
        }
      }
    }
  }
  return pairs;
}

// The possible value of `axis` that meets the most pairs still wanted with what the row has. Ties
// go to the one that follows `first`, so that no value comes up more than others.
size_t best_value(const std::vector<size_t>& axes, std::vector<size_t> row, size_t axis,
                  const PossibleRow& possible, const std::set<Pair>& wanted, size_t first) {
  size_t best = not_chosen, most = 0;
  for (size_t turn = 0; turn < axes[axis]; ++turn) {
    const size_t value = (first + turn) % axes[axis];
    row[axis] = value;
    if (!possible(row)) continue;
    size_t met = 0;
    for (size_t other = 0; other < axes.size(); ++other) {
      if (other != axis && row[other] != not_chosen) {
        met += wanted.count(pair_of(axis, value, other, row[other]));
      }
    }
    if (best == not_chosen || met > most) {
      best = value;
      most = met;
    }
  }
  assert(best != not_chosen);
  return best;
}

}  // namespace

std::vector<std::vector<size_t>> pairwise_rows(const std::vector<size_t>& axes,
                                               const PossibleRow& possible, uint64_t ties) {
  std::vector<std::vector<size_t>> rows;
  std::mt19937_64 random(ties);
  if (axes.size() == 1) {
    for (size_t value = 0; value < axes[0]; ++value) {
      if (possible({value})) rows.push_back({value});
    }
    return rows;
  }
  std::set<Pair> wanted = all_pairs(axes, possible);
  while (!wanted.empty()) {
    // A row begins with a pair that is wanted, so each row is worth it.
    std::vector<size_t> row = row_of(*wanted.begin(), axes.size());
    for (size_t axis = 0; axis < axes.size(); ++axis) {
      if (row[axis] != not_chosen) continue;
      const size_t first = ties == 0 ? rows.size() : random() % axes[axis];
      row[axis] = best_value(axes, row, axis, possible, wanted, first);
    }
    for (size_t a = 0; a < axes.size(); ++a) {
      for (size_t b = a + 1; b < axes.size(); ++b) wanted.erase({a, row[a], b, row[b]});
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace daxlab
