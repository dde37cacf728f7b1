// Many tests at once: one of twenty finds something at 5 % where there is nothing.
#pragma once

#include <span>
#include <vector>

namespace daxlab {

// Each p, so adjusted that of all tests together no more than a share of `level` of matrices has a
// false alarm when what is at most `level` counts (Holm, "A Simple Sequentially Rejective Multiple
// Test Procedure", 1979).
std::vector<double> adjusted_for_many(std::span<const double> p_values);

}  // namespace daxlab
