// What `daxlab run` is asked about its results besides showing them.
#pragma once

#include <cstdio>
#include <optional>
#include <vector>

#include "core/base/error_or.h"
#include "harness/commands/run_arguments.h"
#include "harness/compare/expected_counters.h"
#include "harness/report/metric.h"
#include "harness/run/output_file.h"

namespace daxlab {

class RunQuestions {
 public:
  // Before anything runs: --columns names what there is, and --expect a file that can be read, or
  // with --update written.
  static ErrorOr<RunQuestions> prepare(const RunArguments& arguments);

  const std::vector<Metric>& columns() const { return columns_; }

  // Of all runs. False: something is not as expected, or could not be written; that was printed.
  bool answer(const std::vector<ResultRecord>& records, std::FILE* stream);

 private:
  RunQuestions() = default;

  std::vector<Metric> columns_;
  std::optional<ExpectedCounters> expected_;
  std::optional<OutputFile> updated_;
};

}  // namespace daxlab
