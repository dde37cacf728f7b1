// Two sides of each cell: whether they differ, by how much, and how sure that is.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/statistics/sample.h"

namespace daxlab {

// One cell on both sides: a figure of each repetition.
struct PairedSample {
  std::string name;
  std::vector<double> base, now;
};

struct ComparisonSettings {
  // How likely a difference may be told, in any of all cells, where there is none.
  double error_rate = 0.05;
  double threshold = 0.02;  // a difference that is no larger is told, and is no regression
  bool more_is_better = false;
};

enum class Difference {
  none_found,
  too_few,  // repetitions: no outcome could have been told from chance
  small,    // there is one, within the threshold
  regression,
  improvement,
};

struct ComparedCell {
  std::string name;
  size_t base_runs = 0, now_runs = 0;
  double base = 0, now = 0;  // medians
  double ratio = 0;          // now over base; infinite over a base of 0
  Interval interval;         // of the ratio, 95 %
  double p = 1;              // adjusted for all cells of the comparison
  Difference difference = Difference::none_found;
};

struct Comparison {
  std::vector<ComparedCell> cells;  // in the order of the samples
  size_t runs_needed = 0;           // on each side, with so many cells

  size_t count(Difference difference) const;
};

Comparison compare(const std::vector<PairedSample>& samples, const ComparisonSettings& settings);

}  // namespace daxlab
