#include "harness/workloads/access_pattern.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "harness/workloads/stamp.h"

namespace daxlab {
namespace {

// log1p(x) / x and expm1(x) / x, also where x is 0 or near it.
double log1p_over(double x) { return std::abs(x) > 1e-8 ? std::log1p(x) / x : 1 - x / 2; }
double expm1_over(double x) { return std::abs(x) > 1e-8 ? std::expm1(x) / x : 1 + x / 2; }

constexpr double unit_interval(uint64_t random) {
  return static_cast<double>(random >> 11) * 0x1p-53;
}

}  // namespace

ZipfRanks::ZipfRanks(uint64_t count, double exponent)
    : count_(static_cast<double>(count)),
      exponent_(exponent),
      first_(integral(1.5) - 1),
      last_(integral(count_ + 0.5)),
      always_taken_(2 - inverse_integral(integral(2.5) - density(2))) {}

double ZipfRanks::density(double x) const { return std::exp(-exponent_ * std::log(x)); }

double ZipfRanks::integral(double x) const {
  const double log_x = std::log(x);
  return expm1_over((1 - exponent_) * log_x) * log_x;
}

double ZipfRanks::inverse_integral(double x) const {
  const double t = std::max(x * (1 - exponent_), -1.0);  // rounding may take it below
  return std::exp(log1p_over(t) * x);
}

// Draws from the continuous curve over the ranks, and again where it lies too far above the rank's
// own share: less than once in ten draws.
uint64_t ZipfRanks::draw(uint64_t random) const {
  for (;; random = mix(random)) {
    const double u = last_ + unit_interval(mix(random)) * (first_ - last_);
    const double x = inverse_integral(u);
    const double rank = std::clamp(std::floor(x + 0.5), 1.0, count_);
    if (rank - x <= always_taken_ || u >= integral(rank + 0.5) - density(rank))
      return static_cast<uint64_t>(rank);
  }
}

AccessPattern::AccessPattern(Pattern pattern, uint64_t count, uint64_t zipf_theta, uint64_t seed)
    : pattern_(pattern),
      count_(count),
      seed_(mix(seed)),
      half_bits_((static_cast<uint32_t>(std::bit_width(count - 1)) + 1) / 2),
      ranks_(count, static_cast<double>(zipf_theta) / 100) {}

uint64_t AccessPattern::at(uint64_t step) const {
  switch (pattern_) {
    case Pattern::sequential:
      return step < count_ ? step : step % count_;
    case Pattern::random:
      return permuted(step % count_, mix(seed_ ^ (step / count_)));
    case Pattern::uniform:
      return mix(seed_ ^ step) % count_;
    case Pattern::zipf:
      // Scrambled, or the hot places would be neighbours.
      return permuted(ranks_.draw(mix(seed_ ^ step)) - 1, seed_);
  }
  return 0;
}

// A Feistel network over the smallest even number of bits that hold the count; what falls outside
// goes through it again, which ends because it is a permutation.
uint64_t AccessPattern::permuted(uint64_t place, uint64_t key) const {
  const uint64_t mask = (uint64_t{1} << half_bits_) - 1;
  do {
    uint64_t left = place >> half_bits_, right = place & mask;
    for (uint64_t round = 0; round < 4; ++round) {
      const uint64_t next = left ^ (mix((key + round) ^ (right << 8)) & mask);
      left = right;
      right = next;
    }
    place = (left << half_bits_) | right;
  } while (place >= count_);
  return place;
}

}  // namespace daxlab
