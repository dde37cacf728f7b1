#include "harness/compare/comparison_report.h"

#include <fmt/format.h>

#include <cmath>

#include "harness/report/text_table.h"

namespace daxlab {
namespace {

using Align = TextTable::Align;

bool is_told(const ComparedCell& cell) {
  return cell.difference != Difference::none_found && cell.difference != Difference::too_few;
}

std::string shown_p(double p) { return p < 0.0001 ? "< 0.0001" : fmt::format("{:.4f}", p); }

std::string rows(const Comparison& comparison, const Metric& metric, bool all) {
  TextTable table;
  table.add_column("cell", Align::left);
  for (const char* heading : {"runs", "base", "new", "ratio", "95 % interval", "p"}) {
    table.add_column(heading, Align::right);
  }
  table.add_column("difference", Align::left);
  bool any = false;
  for (const ComparedCell& cell : comparison.cells) {
    if (!all && !is_told(cell)) continue;
    any = true;
    table.add_row({cell.name, fmt::format("{}+{}", cell.base_runs, cell.now_runs),
                   metric.shown(cell.base), metric.shown(cell.now),
                   fmt::format("{:.3f}", cell.ratio),
                   fmt::format("{:.3f} to {:.3f}", cell.interval.low, cell.interval.high),
                   shown_p(cell.p), name_of(cell.difference)});
  }
  return any ? table.text() + "\n" : "";
}

}  // namespace

const char* name_of(Difference difference) {
  switch (difference) {
    case Difference::none_found:
      return "none found";
    case Difference::too_few:
      return "too few repetitions to tell";
    case Difference::small:
      return "within the threshold";
    case Difference::regression:
      return "REGRESSION";
    case Difference::improvement:
      break;
  }
  return "improvement";
}

std::string as_text(const Comparison& comparison, const Metric& metric, bool all) {
  const auto count = [&](Difference difference) { return comparison.count(difference); };
  std::string text = rows(comparison, metric, all);
  text += fmt::format("{} cells compared by {}: {} regressions, {} improvements",
                      comparison.cells.size(), metric.name, count(Difference::regression),
                      count(Difference::improvement));
  if (const size_t small = count(Difference::small)) {
    text += fmt::format(", {} within the threshold", small);
  }
  text += fmt::format(", {} without a difference\n", count(Difference::none_found));
  if (const size_t few = count(Difference::too_few)) {
    text += fmt::format(
        "{} have too few repetitions to tell: with {} cells {} are needed on each side\n", few,
        comparison.cells.size(), comparison.runs_needed);
  }
  return text;
}

Json as_json(const Comparison& comparison, const Metric& metric) {
  Json cells = Json::list();
  for (const ComparedCell& cell : comparison.cells) {
    cells.add({{"name", cell.name},
               {"base_runs", cell.base_runs},
               {"new_runs", cell.now_runs},
               {"base_median", cell.base},
               {"new_median", cell.now},
               {"ratio", cell.ratio},
               {"interval_low", cell.interval.low},
               {"interval_high", cell.interval.high},
               {"p", cell.p},
               {"difference", name_of(cell.difference)}});
  }
  return {{"metric", metric.name},
          {"runs_needed", comparison.runs_needed},
          {"cells", std::move(cells)}};
}

std::string as_text(const SelfTest& result, const ComparisonSettings& settings) {
  std::string text = fmt::format(
      "{} of {} comparisons of runs that are alike told a difference: {} cells, {} runs on each "
      "side\nexpected: at most {:.0f} in the long run\n",
      result.with_alarm, result.comparisons, result.cells, result.runs_each,
      settings.error_rate * static_cast<double>(result.comparisons));
  if (result.runs_each < result.runs_needed) {
    text += fmt::format("with {} cells {} runs are needed on each side to tell any\n", result.cells,
                        result.runs_needed);
  }
  return text;
}

}  // namespace daxlab
