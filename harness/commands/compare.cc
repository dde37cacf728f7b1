// `daxlab compare`: two files of results, or the cells of one that differ in one part.
#include <fmt/format.h>

#include "harness/commands/commands.h"
#include "harness/commands/show_comparison.h"
#include "harness/compare/comparison_report.h"
#include "harness/compare/false_alarms.h"
#include "harness/compare/pairing.h"
#include "harness/run/name_globs.h"
#include "harness/run/standard_streams.h"

namespace daxlab {
namespace {

struct CompareArguments {
  std::vector<std::string> files;
  std::string by;
  Metric metric;
  std::vector<std::string> cells_globs;
  uint64_t threshold_percent = 2;
  uint64_t seed = 1;
  bool self_test = false, force = false, all = false, json = false;
};

std::optional<Error> check(const CompareArguments& arguments) {
  if (const auto error = arguments.metric.check()) return error->prefixed("--metric: ");
  const size_t wanted = arguments.by.empty() && !arguments.self_test ? 2 : 1;
  if (arguments.files.size() == wanted) {
    if (arguments.by.empty() || !arguments.self_test) return std::nullopt;
    return Error{"--by and --self-test ask two questions; leave one out"};
  }
  if (wanted == 1) return Error{"--by and --self-test look at one file; leave out the others"};
  return Error{"expected two files of results, or one and --by fault"};
}

ErrorOr<RecordedRuns> read_runs(const std::string& file, const std::vector<std::string>& globs) {
  auto runs = read_results(file);
  if (!runs.ok()) return runs;
  const NameGlobs wanted(globs);
  std::vector<std::string> names;
  for (const RunRecord& record : runs.value().records) names.push_back(record.name());
  if (const std::string* idle = wanted.without_match(names)) {
    return Error{fmt::format("--cells '{}' matches no cell of {}", *idle, file)};
  }
  std::erase_if(runs.value().records,
                [&](const RunRecord& record) { return !wanted.want(record.name()); });
  return runs;
}

ErrorOr<Pairing> pair(const CompareArguments& arguments) {
  const auto base = read_runs(arguments.files[0], arguments.cells_globs);
  if (!base.ok()) return base.error();
  if (!arguments.by.empty()) return pair_by(base.value(), arguments.by, arguments.metric);
  const auto now = read_runs(arguments.files[1], arguments.cells_globs);
  if (!now.ok()) return now.error();
  return pair_files(base.value(), now.value(), arguments.metric);
}

int run_self_test(const CompareArguments& arguments, const ComparisonSettings& settings) {
  const auto runs = read_runs(arguments.files[0], arguments.cells_globs);
  if (!runs.ok()) return fail_to_begin("compare", runs.error());
  const auto result = test_comparison(runs.value(), arguments.metric, settings, arguments.seed);
  if (!result.ok()) return fail_to_begin("compare", result.error());
  print("{}", as_text(result.value(), settings));
  return exit_passed;
}

int run_compare(const CompareArguments& arguments) {
  if (const auto error = check(arguments)) return fail_to_begin("compare", *error);
  ComparisonSettings settings;
  settings.threshold = static_cast<double>(arguments.threshold_percent) / 100;
  settings.more_is_better = arguments.metric.more_is_better();
  if (arguments.self_test) return run_self_test(arguments, settings);
  const auto pairing = pair(arguments);
  if (!pairing.ok()) return fail_to_begin("compare", pairing.error());
  ComparisonView view;
  view.force = arguments.force;
  view.json = arguments.json;
  // Between strategies every cell is an answer; between builds only what has changed. That
  // strategies differ is no regression.
  view.all = arguments.all || !arguments.by.empty();
  view.regressions_fail = arguments.by.empty();
  return show_comparison("compare", pairing.value(), arguments.metric, settings, view);
}

class CompareCommand final : public Command {
 public:
  CommandTable table() override {
    CommandTable table{.name = "compare",
                       .help =
                           "Tell whether results differ, and how sure that is; exit 1 on a "
                           "regression"};
    auto& options = table.options;
    options.push_back({.name = "files",
                       .value = "RESULT.json",
                       .help = "Files of run --out: the base and the new one; one with --by",
                       .into = &arguments_.files,
                       .required = true});
    options.push_back({.name = "--by",
                       .value = "PART",
                       .help =
                           "Compare cells of one file that are alike but for their fault, write, "
                           "alloc, engine or medium, with the first of them",
                       .into = &arguments_.by});
    options.push_back({.name = "--metric",
                       .value = "NAME",
                       .help = "time (of an operation), memory, p50, p99, or any counter (time)",
                       .into = &arguments_.metric.name});
    options.push_back(cells_option(arguments_.cells_globs));
    options.push_back({.name = "--threshold",
                       .value = "PERCENT",
                       .help = "A difference of at most this much is no regression (2)",
                       .into = &arguments_.threshold_percent,
                       .limits = NumberLimits{0, 1000}});
    options.push_back({.name = "--self-test",
                       .help =
                           "Compare the runs of one file with each other, and tell how often that "
                           "finds a difference",
                       .into = &arguments_.self_test});
    options.push_back({.name = "--seed",
                       .value = "N",
                       .help = "Where the self-test's chance begins (1)",
                       .into = &arguments_.seed});
    options.push_back({.name = "--force",
                       .help = "Compare also what another machine, kernel or config has given",
                       .into = &arguments_.force});
    options.push_back(
        {.name = "--all", .help = "Show cells without a difference, too", .into = &arguments_.all});
    options.push_back({.name = "--json", .help = "As JSON", .into = &arguments_.json});
    return table;
  }
  int run(const TypedLine&) override { return run_compare(arguments_); }

 private:
  CompareArguments arguments_;
};

}  // namespace

std::unique_ptr<Command> make_compare_command() { return std::make_unique<CompareCommand>(); }

}  // namespace daxlab
