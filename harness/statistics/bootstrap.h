// How far a median, or the ratio of two, could be off, from the repetitions alone: by medians of
// samples that are drawn from the sample (Efron, "Bootstrap Methods", 1979).
#pragma once

#include <cstdint>
#include <span>

#include "harness/statistics/sample.h"

namespace daxlab {

inline constexpr double usual_confidence = 0.95;

// The same for the same seed. A sample of one says nothing of spread: the interval is that figure.
Interval median_interval(std::span<const double> figures, uint64_t seed,
                         double confidence = usual_confidence);
// Of the median of `now` over that of `base`. Where a base of 0 is drawn the ratio has no bound.
Interval ratio_interval(std::span<const double> base, std::span<const double> now, uint64_t seed,
                        double confidence = usual_confidence);

}  // namespace daxlab
