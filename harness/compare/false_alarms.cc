#include "harness/compare/false_alarms.h"

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace daxlab {
namespace {

using Figures = std::vector<std::pair<std::string, std::vector<double>>>;  // of each cell

Figures figures_of(const RecordedRuns& runs, const Metric& metric) {
  std::map<std::pair<std::string, std::string>, std::vector<double>> by_cell;  // name and config
  for (const RunRecord& record : runs.records) {
    const auto figure = metric.of(record.result);
    if (figure) by_cell[{record.name(), record.cell->text}].push_back(*figure);
  }
  size_t most = 0;
  for (const auto& [cell, figures] : by_cell) most = std::max(most, figures.size());
  Figures cells;
  for (auto& [cell, figures] : by_cell) {
    if (figures.size() == most) cells.emplace_back(cell.first, std::move(figures));
  }
  return cells;
}

}  // namespace

ErrorOr<SelfTest> test_comparison(const RecordedRuns& runs, const Metric& metric,
                                  const ComparisonSettings& settings, uint64_t seed) {
  Figures cells = figures_of(runs, metric);
  const size_t each = cells.empty() ? 0 : cells.front().second.size() / 2;
  if (each == 0) {
    return Error{"--self-test: no cell has two runs with " + metric.name +
                 "; record some with repetitions"};
  }
  SelfTest result{.cells = cells.size(), .runs_each = each};
  std::mt19937_64 random(seed);
  for (size_t i = 0; i < self_test_comparisons; ++i) {
    std::vector<PairedSample> samples;
    for (auto& [name, figures] : cells) {
      std::ranges::shuffle(figures, random);
      const auto middle = figures.begin() + static_cast<std::ptrdiff_t>(each);
      samples.push_back({name, {figures.begin(), middle}, {middle, figures.end()}});
    }
    const Comparison comparison = compare(samples, settings);
    result.runs_needed = comparison.runs_needed;
    const bool alarm = comparison.count(Difference::regression) +
                           comparison.count(Difference::improvement) +
                           comparison.count(Difference::small) >
                       0;
    result.with_alarm += alarm ? 1 : 0;
    ++result.comparisons;
  }
  return result;
}

}  // namespace daxlab
