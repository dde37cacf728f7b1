#include "harness/statistics/sample.h"

#include <algorithm>
#include <limits>
#include <vector>

namespace daxlab {

double median(std::span<const double> figures) {
  if (figures.empty()) return 0;
  std::vector<double> sorted(figures.begin(), figures.end());
  std::ranges::sort(sorted);
  const size_t middle = sorted.size() / 2;
  return sorted.size() % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

double ratio(double now, double base) {
  if (base != 0) return now / base;
  return now == 0 ? 1 : std::numeric_limits<double>::infinity();
}

}  // namespace daxlab
