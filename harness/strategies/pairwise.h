// Covering tables: few combinations in which every two values of two axes meet.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace daxlab {

// Whether there can be such a row. Values that are not chosen yet are `not_chosen`; what is
// possible so far must have a possible row.
inline constexpr size_t not_chosen = SIZE_MAX;
using PossibleRow = std::function<bool(const std::vector<size_t>& row)>;

// Of axes with so many values each (at least 1): possible rows of one index per axis, in which each
// pair of values of each two axes occurs that a possible row has. Greedy, so not the fewest rows,
// but near the product of the two longest axes. The same each time. Where values are as good as
// each other they come in turn; with `ties` in an order that this number gives, so that three or
// four axes go together in more ways.
std::vector<std::vector<size_t>> pairwise_rows(
    const std::vector<size_t>& axes,
    const PossibleRow& possible = [](const std::vector<size_t>&) { return true; },
    uint64_t ties = 0);

}  // namespace daxlab
