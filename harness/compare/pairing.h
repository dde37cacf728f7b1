// Which runs are two sides of one cell, and whether they may be compared at all.
#pragma once

#include <string>
#include <vector>

#include "core/base/error_or.h"
#include "harness/campaign/recorded_runs.h"
#include "harness/compare/comparison.h"
#include "harness/report/metric.h"

namespace daxlab {

struct Pairing {
  std::vector<PairedSample> samples;
  // Of cells that have runs on both sides. "write:...: fault_delivery is 'SIGSEGV alone' in one,
  // 'userfaultfd + SIGSEGV' in the other".
  std::vector<std::string> differences;
  std::vector<std::string> left_out;  // with the reason: on one side only, failed, no such figure
};

// The cells of two files, by name. What of a cell's config its name does not say, the machine, its
// kernel and how faults were delivered are to be the same; builds and plugins need not be.
Pairing pair_files(const RecordedRuns& base, const RecordedRuns& now, const Metric& metric);

// The cells of one file that are alike but for one part ("fault", "write", "alloc", "engine",
// "medium"), each with the first of them. The error: there is no such part, and which
// there are.
ErrorOr<Pairing> pair_by(const RecordedRuns& runs, const std::string& part, const Metric& metric);

}  // namespace daxlab
