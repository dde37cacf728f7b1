#include "harness/commands/show_comparison.h"

#include <fmt/format.h>

#include <optional>
#include <string>
#include <vector>

#include "harness/commands/command.h"
#include "harness/compare/comparison_report.h"
#include "harness/run/standard_streams.h"

namespace daxlab {
namespace {

constexpr size_t most_lines_shown = 10;

std::optional<Error> refuse(const Pairing& pairing, bool force) {
  if (pairing.samples.empty()) {
    std::string why =
        pairing.left_out.empty() ? "no cell is there twice" : pairing.left_out.front();
    return Error{"there is nothing to compare: " + why};
  }
  if (pairing.differences.empty() || force) return std::nullopt;
  const size_t more = pairing.differences.size() - 1;
  return Error{fmt::format("{}{}; with --force it is compared all the same",
                           pairing.differences.front(),
                           more == 0 ? "" : fmt::format(" (and {} more)", more))};
}

void show_lines(const std::vector<std::string>& lines, const char* what) {
  for (size_t i = 0; i < lines.size() && i < most_lines_shown; ++i) {
    print("{}: {}\n", what, lines[i]);
  }
  if (lines.size() > most_lines_shown) {
    print("{}: {} more\n", what, lines.size() - most_lines_shown);
  }
}

}  // namespace

int show_comparison(const char* command, const Pairing& pairing, const Metric& metric,
                    const ComparisonSettings& settings, const ComparisonView& view) {
  if (const auto error = refuse(pairing, view.force)) return fail_to_begin(command, *error);
  const Comparison comparison = compare(pairing.samples, settings);
  if (view.json) {
    print("{}\n", as_json(comparison, metric).dump(2));
  } else {
    print("{}", as_text(comparison, metric, view.all));
    show_lines(pairing.differences, "differs");
    show_lines(pairing.left_out, "left out");
  }
  if (comparison.count(Difference::too_few) == comparison.cells.size()) {
    return fail(command, exit_usage,
                fmt::format("too few repetitions to tell, {} are needed", comparison.runs_needed));
  }
  const bool is_worse = comparison.count(Difference::regression) != 0;
  return is_worse && view.regressions_fail ? exit_failed : exit_passed;
}

}  // namespace daxlab
