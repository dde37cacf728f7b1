#include "harness/report/junit_cells.h"

#include <fmt/format.h>

#include <algorithm>

namespace daxlab {
namespace {

JunitFailure failure_of(const ResultRecord& failed, const AloneLine& alone) {
  const std::string& said = *failed.failure;
  JunitFailure failure{name_of(failed.failure_kind), said.substr(0, said.find('\n')), said};
  if (alone) failure.text += "\nalone: " + alone(failed);
  return failure;
}

}  // namespace

std::vector<JunitCase> junit_cells(const std::vector<ResultRecord>& records,
                                   const AloneLine& alone) {
  std::vector<JunitCase> cases;
  for (const CellSummary& cell : summarize(records)) {
    JunitCase& added =
        cases.emplace_back(JunitCase{cell.parts.group(), cell.runs.front().name, 0, {}, {}});
    for (const ResultRecord& run : cell.runs) {
      added.time_s += run.counter("wall_ns").value_or(0) / 1e9;
      if (run.has_failed() && !added.failure) added.failure = failure_of(run, alone);
    }
    if (cell.is_skipped()) added.skipped = cell.failure;
  }
  return cases;
}

}  // namespace daxlab
