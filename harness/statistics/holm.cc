#include "harness/statistics/holm.h"

#include <algorithm>
#include <numeric>

namespace daxlab {

std::vector<double> adjusted_for_many(std::span<const double> p_values) {
  std::vector<size_t> order(p_values.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::ranges::sort(order, {}, [&](size_t i) { return p_values[i]; });
  std::vector<double> adjusted(p_values.size());
  double highest = 0;
  for (size_t place = 0; place < order.size(); ++place) {
    const double left = static_cast<double>(order.size() - place);
    highest = std::max(highest, std::min(p_values[order[place]] * left, 1.0));
    adjusted[order[place]] = highest;
  }
  return adjusted;
}

}  // namespace daxlab
