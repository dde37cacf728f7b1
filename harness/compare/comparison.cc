#include "harness/compare/comparison.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "harness/statistics/bootstrap.h"
#include "harness/statistics/holm.h"
#include "harness/statistics/mann_whitney.h"

namespace daxlab {
namespace {

ComparedCell measured(const PairedSample& sample) {
  ComparedCell cell;
  cell.name = sample.name;
  cell.base_runs = sample.base.size();
  cell.now_runs = sample.now.size();
  cell.base = median(sample.base);
  cell.now = median(sample.now);
  cell.ratio = ratio(cell.now, cell.base);
  // By its name: the same interval however many other cells there are.
  cell.interval = ratio_interval(sample.base, sample.now, std::hash<std::string>()(sample.name));
  return cell;
}

Difference judge(const ComparedCell& cell, double smallest, const ComparisonSettings& settings) {
  if (cell.p > settings.error_rate) {
    return smallest > settings.error_rate ? Difference::too_few : Difference::none_found;
  }
  if (std::abs(cell.ratio - 1) <= settings.threshold) return Difference::small;
  const bool is_more = cell.ratio > 1;
  return is_more == settings.more_is_better ? Difference::improvement : Difference::regression;
}

}  // namespace

size_t Comparison::count(Difference difference) const {
  return static_cast<size_t>(std::ranges::count(cells, difference, &ComparedCell::difference));
}

Comparison compare(const std::vector<PairedSample>& samples, const ComparisonSettings& settings) {
  Comparison comparison;
  if (samples.empty()) return comparison;
  const auto cells = static_cast<double>(samples.size());
  comparison.runs_needed = figures_needed(settings.error_rate / cells);
  std::vector<double> p_values;
  for (const PairedSample& sample : samples)
    p_values.push_back(mann_whitney_p(sample.base, sample.now));
  const std::vector<double> adjusted = adjusted_for_many(p_values);
  for (size_t i = 0; i < samples.size(); ++i) {
    ComparedCell cell = measured(samples[i]);
    cell.p = adjusted[i];
    const double smallest = smallest_p(cell.base_runs, cell.now_runs) * cells;
    cell.difference = judge(cell, smallest, settings);
    comparison.cells.push_back(std::move(cell));
  }
  return comparison;
}

}  // namespace daxlab
