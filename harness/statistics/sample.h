// Figures of one kind, one of each repetition.
#pragma once

#include <span>

namespace daxlab {

// The middle one, or the mean of both; 0 of none.
double median(std::span<const double> figures);

// Infinite over a base of 0; 1 where both are.
double ratio(double now, double base);

// Where a figure of the whole lies, with a confidence.
struct Interval {
  double low = 0, high = 0;
  bool contains(double value) const { return low <= value && value <= high; }
};

}  // namespace daxlab
