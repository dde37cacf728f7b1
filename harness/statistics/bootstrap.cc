#include "harness/statistics/bootstrap.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace daxlab {
namespace {

constexpr size_t draws = 2000;

class Resampling {
 public:
  explicit Resampling(uint64_t seed) : random_(seed) {}

  double median_of_draw(std::span<const double> figures) {
    std::uniform_int_distribution<size_t> any(0, figures.size() - 1);
    drawn_.clear();
    for (size_t i = 0; i < figures.size(); ++i) drawn_.push_back(figures[any(random_)]);
    return median(drawn_);
  }

 private:
  std::mt19937_64 random_;
  std::vector<double> drawn_;
};

template <class Draw>
Interval middle_of(const Draw& draw, double confidence) {
  std::vector<double> drawn(draws);
  for (double& value : drawn) value = draw();
  std::ranges::sort(drawn);
  const double tail = (1 - confidence) / 2 * static_cast<double>(draws - 1);
  return {drawn[static_cast<size_t>(std::floor(tail))],
          drawn[draws - 1 - static_cast<size_t>(std::floor(tail))]};
}

}  // namespace

Interval median_interval(std::span<const double> figures, uint64_t seed, double confidence) {
  if (figures.empty()) return {};
  Resampling resampling(seed);
  return middle_of([&] { return resampling.median_of_draw(figures); }, confidence);
}

Interval ratio_interval(std::span<const double> base, std::span<const double> now, uint64_t seed,
                        double confidence) {
  if (base.empty() || now.empty()) return {};
  Resampling resampling(seed);
  return middle_of(
      [&] {
        const double below = resampling.median_of_draw(base);
        return ratio(resampling.median_of_draw(now), below);
      },
      confidence);
}

}  // namespace daxlab
