// In which order places (pages, blocks, files) are visited.
#pragma once

#include <cstdint>

#include "daxlab/options.h"

namespace daxlab {

enum class Pattern : uint32_t {
  sequential,
  random,   // every place once, in a random order; then all again in another one
  uniform,  // each is drawn anew: some often, some never
  zipf,     // as uniform, but few places are visited most of the time
};

// The options of workloads. zipf_theta is the exponent in percent: the place that comes k-th is
// drawn in proportion to 1 / k^theta.
constexpr Option pattern_option(Pattern by_default, const char* help) {
  return choice_option("pattern", "sequential|random|uniform|zipf",
                       static_cast<uint64_t>(by_default), help);
}
inline constexpr Option zipf_theta_option =
    integer_option("zipf_theta", OptionUnit::none, 99, 1, 400,
                   "how uneven pattern zipf is: the exponent in percent");

// Draws from 1 to `count` as Zipf's law has it, for any exponent, in constant time and without a
// table: W. Hormann and G. Derflinger, "Rejection-inversion to generate variates from monotone
// discrete distributions", 1996.
class ZipfRanks {
 public:
  ZipfRanks(uint64_t count, double exponent);
  // `random` is the state of a generator of its own.
  uint64_t draw(uint64_t random) const;

 private:
  double integral(double x) const;
  double inverse_integral(double x) const;
  double density(double x) const;

  double count_, exponent_, first_, last_, always_taken_;
};

// Immutable, so that threads can share one and each take some of its steps.
class AccessPattern {
 public:
  // The seed decides all that is random. count > 0.
  AccessPattern(Pattern pattern, uint64_t count, uint64_t zipf_theta, uint64_t seed);
  // Where the step-th access goes: 0 .. count-1.
  uint64_t at(uint64_t step) const;
  // sequential or random: every `count` steps from a multiple of it visit all places.
  bool visits_all() const { return pattern_ <= Pattern::random; }
  uint64_t count() const { return count_; }

 private:
  uint64_t permuted(uint64_t place, uint64_t key) const;

  Pattern pattern_;
  uint64_t count_, seed_;
  uint32_t half_bits_;
  ZipfRanks ranks_;
};

}  // namespace daxlab
