// How often the comparison tells a difference where there is none: recorded runs of each cell,
// dealt out to two sides by chance, over and over.
#pragma once

#include <cstdint>

#include "core/base/error_or.h"
#include "harness/campaign/recorded_runs.h"
#include "harness/compare/comparison.h"
#include "harness/report/metric.h"

namespace daxlab {

inline constexpr size_t self_test_comparisons = 200;

struct SelfTest {
  size_t cells = 0;
  size_t comparisons = 0, with_alarm = 0;
  size_t runs_each = 0, runs_needed = 0;  // on each side; fewer than needed: nothing could be told
};

// The error: no cell has two runs with that figure. Cells with fewer runs than others are left out.
ErrorOr<SelfTest> test_comparison(const RecordedRuns& runs, const Metric& metric,
                                  const ComparisonSettings& settings, uint64_t seed);

}  // namespace daxlab
