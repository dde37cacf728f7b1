#include "harness/commands/check_arguments.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace daxlab {
namespace {

// What a saved case says itself.
constexpr std::array<std::string_view, 12> in_vain_with_replay = {
    "--combinations", "--list",      "--seeds",       "--time", "--policy", "--judges",
    "--seed",         "--pct-depth", "--preemptions", "--jobs", "--save",   "--junit"};

// Which combinations, and for how long.
void add_extent(std::vector<CommandOption>& options, CheckArguments& into) {
  options.push_back({.name = "--combinations",
                     .value = "GLOB",
                     .help = "Only combinations fault/write/alloc whose names match",
                     .into = &into.combinations_glob});
  options.push_back({.name = "--list",
                     .help = "Print the names of combinations, check none",
                     .into = &into.list});
  options.push_back({.name = "--seeds",
                     .value = "N",
                     .help =
                         "So many seeds of each policy, however long it takes (exhaustive: minutes "
                         "a combination)",
                     .into = &into.seeds,
                     .limits = NumberLimits{1, 1'000'000'000}});
  options.push_back({.name = "--time",
                     .value = "TIME",
                     .help = "Of each combination, such as 1min (10s, when there are no --seeds)",
                     .into = &into.time});
}

void add_exploration(std::vector<CommandOption>& options, CheckArguments& into) {
  options.push_back({.name = "--policy",
                     .value = "NAME,...",
                     .help = "random, pct or exhaustive (all): how threads take turns; repeatable",
                     .into = &into.policies});
  options.push_back({.name = "--judges",
                     .value = "NAME,...",
                     .help = "Only these promises, such as coherence,durability (all); repeatable",
                     .into = &into.judges});
  options.push_back({.name = "--seed",
                     .value = "N",
                     .help = "The first seed (1)",
                     .into = &into.first_seed,
                     .limits = NumberLimits{1, UINT32_MAX}});
  options.push_back({.name = "--pct-depth",
                     .value = "N",
                     .help = "Depth of the bugs that pct looks for (3)",
                     .into = &into.pct_depth,
                     .limits = NumberLimits{1, 16}});
  options.push_back({.name = "--preemptions",
                     .value = "N",
                     .help = "Preemptions in a schedule of exhaustive, at most (2)",
                     .into = &into.preemptions,
                     .limits = NumberLimits{0, 8}});
}

void add_process_options(std::vector<CommandOption>& options, CheckArguments& into) {
  options.push_back({.name = "--jobs",
                     .value = "N",
                     .help = "Check up to N combinations at once (1)",
                     .into = &into.jobs,
                     .limits = NumberLimits{1, 1024}});
  options.push_back(
      {.name = "--save",
       .value = "FOLDER",
       .help = "The folder where findings are kept (findings); made for the first one",
       .into = &into.save});
  options.push_back({.name = "--time-limit",
                     .value = "TIME",
                     .help = "A combination that has made no progress for so long has hung (30s)",
                     .into = &into.time_limit});
}

}  // namespace

CommandTable table_of(CheckArguments& arguments) {
  CommandTable table{.name = "check",
                     .help =
                         "Look for a run that breaks a promise, for every combination of "
                         "strategies of configs; exit 1 when there is one"};
  auto& options = table.options;
  add_config_options(options, arguments.configs, arguments.overrides, /*required=*/false);
  add_extent(options, arguments);
  add_exploration(options, arguments);
  add_process_options(options, arguments);
  options.push_back({.name = "--replay",
                     .value = "FILE",
                     .help = "Run a saved case again, instead of configs",
                     .into = &arguments.replay});
  options.push_back({.name = "--json", .help = "As JSON", .into = &arguments.json});
  options.push_back({.name = "--junit",
                     .value = "FILE",
                     .help = "Write the results as JUnit XML, too",
                     .into = &arguments.junit});
  add_plugin_options(options, arguments.plugins);
  return table;
}

void take_line(const TypedLine& line, CheckArguments& arguments) {
  arguments.program = line.program();
  arguments.save_is_given = std::ranges::find(line.given, "--save") != line.given.end();
  if (!arguments.replay) return;
  for (const std::string& option : line.given) {
    if (std::ranges::find(in_vain_with_replay, option) != in_vain_with_replay.end()) {
      arguments.not_for_replay.push_back(option);
    }
  }
}

std::optional<Error> find_missing_config(const CheckArguments& arguments) {
  if (arguments.replay || !arguments.configs.empty()) return std::nullopt;
  return Error{"expected a config: daxlab check CONFIG.yaml, or --replay FILE of what it found"};
}

}  // namespace daxlab
