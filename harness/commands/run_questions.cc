#include "harness/commands/run_questions.h"

#include <fmt/format.h>

#include "harness/campaign/recorded_runs.h"
#include "harness/commands/command.h"
#include "harness/run/standard_streams.h"

namespace daxlab {
namespace {

constexpr size_t most_deviations_shown = 20;

ErrorOr<std::vector<Metric>> read_columns(std::string_view names) {
  std::vector<Metric> columns;
  while (!names.empty()) {
    const size_t comma = std::min(names.find(','), names.size());
    const Metric column{std::string(names.substr(0, comma))};
    if (const auto error = column.check()) return error->prefixed("--columns: ");
    columns.push_back(column);
    names.remove_prefix(std::min(comma + 1, names.size()));
  }
  return columns;
}

}  // namespace

ErrorOr<RunQuestions> RunQuestions::prepare(const RunArguments& arguments) {
  RunQuestions questions;
  auto columns = read_columns(arguments.columns);
  if (!columns.ok()) return columns.error();
  questions.columns_ = columns.take();
  if (!arguments.expect) {
    if (arguments.update)
      return Error{"--update needs --expect FILE.yaml: the file that it writes"};
    return questions;
  }
  if (arguments.update) {
    auto file = OutputFile::prepare(*arguments.expect);
    if (!file.ok()) return file.error().prefixed("--expect ");
    questions.updated_.emplace(file.take());
    return questions;
  }
  const auto text = read_whole_file(*arguments.expect);
  if (!text.ok()) return text.error().prefixed("--expect ");
  auto expected = ExpectedCounters::read(*arguments.expect, text.value());
  if (!expected.ok()) return expected.error().prefixed("--expect ");
  questions.expected_ = expected.take();
  return questions;
}

bool RunQuestions::answer(const std::vector<ResultRecord>& records, std::FILE* stream) {
  if (updated_) {
    const auto written = updated_->commit(ExpectedCounters::of(records).text());
    if (!written.ok()) fail("run", exit_failed, written.error().prefixed("--expect ").message);
    return written.ok();
  }
  if (!expected_) return true;
  const std::vector<std::string> found = expected_->deviations(records);
  for (size_t i = 0; i < found.size() && i < most_deviations_shown; ++i) {
    print_to(stream, found[i] + "\n");
  }
  if (found.size() > most_deviations_shown) {
    print_to(stream, fmt::format("and {} more\n", found.size() - most_deviations_shown));
  }
  print_to(stream, found.empty() ? "counters: as expected\n"
                                 : fmt::format("counters: {} not as expected\n", found.size()));
  return found.empty();
}

}  // namespace daxlab
