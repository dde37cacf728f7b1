// A comparison, made and shown, for the commands that are asked for one.
#pragma once

#include "harness/compare/comparison.h"
#include "harness/compare/pairing.h"
#include "harness/report/metric.h"

namespace daxlab {

struct ComparisonView {
  bool force = false;  // also where the two sides are of different machines, kernels or configs
  bool all = false;    // cells without a difference, too
  bool json = false;
  bool regressions_fail = true;
};

// The exit status. Prints on stdout; what cannot be compared, or told with so few repetitions, on
// stderr.
int show_comparison(const char* command, const Pairing& pairing, const Metric& metric,
                    const ComparisonSettings& settings, const ComparisonView& view);

}  // namespace daxlab
