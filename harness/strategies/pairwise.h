// Covering tables: few combinations in which every two values of two axes meet.
#pragma once

#include <cstddef>
#include <vector>

namespace daxlab {

// Of axes with so many values each (at least 1): rows of one index per axis, in which each pair of
// values of each two axes occurs. Greedy, so not the fewest rows, but near the product of the two
// longest axes. The same each time.
std::vector<std::vector<size_t>> pairwise_rows(const std::vector<size_t>& axes);

}  // namespace daxlab
