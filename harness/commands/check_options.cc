// The command line of `daxlab check`.
#include <memory>

#include "harness/commands/check_saved.h"
#include "harness/commands/command.h"
#include "harness/commands/command_line.h"

namespace daxlab {
namespace {

void add_number(CLI::App& command, const char* option, uint64_t& value, const char* help,
                uint64_t first, uint64_t last) {
  command.add_option(option, value, help)->type_name("N")->check(CLI::Range(first, last));
}

// What is explored, and for how long.
void add_exploration(CLI::App& command, CheckArguments& arguments) {
  command
      .add_option("--combinations", arguments.combinations_glob,
                  "Only combinations fault/write/alloc whose names match")
      ->type_name("GLOB");
  command.add_flag("--list", arguments.list, "Print the names of combinations, check none");
  add_number(command, "--seeds", arguments.seeds,
             "So many seeds of each policy, however long it takes (exhaustive: minutes a "
             "combination)",
             1, 1'000'000'000);
  command
      .add_option("--time", arguments.time,
                  "Of each combination, such as 1min (10s, when there are no --seeds)")
      ->type_name("TIME");
  add_list_option(command, "--policy", arguments.policies,
                  "random, pct or exhaustive (all): how threads take turns; repeatable",
                  "NAME,...");
  add_list_option(command, "--judges", arguments.judges,
                  "Only these promises, such as coherence,durability (all); repeatable",
                  "NAME,...");
  add_number(command, "--seed", arguments.first_seed, "The first seed (1)", 1, UINT32_MAX);
  add_number(command, "--pct-depth", arguments.pct_depth,
             "Depth of the bugs that pct looks for (3)", 1, 16);
  add_number(command, "--preemptions", arguments.preemptions,
             "Preemptions in a schedule of exhaustive, at most (2)", 0, 8);
  add_number(command, "--jobs", arguments.jobs, "Check up to N combinations at once (1)", 1, 1024);
  command
      .add_option("--save", arguments.save,
                  "The folder where findings are kept (findings); made for the first one")
      ->type_name("FOLDER");
}

std::vector<std::string> given_in_vain(const CLI::App& command) {
  std::vector<std::string> given;
  for (const char* option :
       {"--combinations", "--list", "--seeds", "--time", "--policy", "--judges", "--seed",
        "--pct-depth", "--preemptions", "--jobs", "--save"}) {
    if (command.count(option) > 0) given.emplace_back(option);
  }
  return given;
}

}  // namespace

void add_check_command(CLI::App& app, CommandLine& line) {
  const auto arguments = std::make_shared<CheckArguments>();
  const auto replay = std::make_shared<std::string>();
  arguments->save = default_findings_folder;
  CLI::App& command = *app.add_subcommand("check",
                                          "Look for a run that breaks a promise, for every "
                                          "combination of strategies of configs; exit 1 when "
                                          "there is one");
  add_config_options(command, arguments->configs, arguments->overrides, /*required=*/false);
  add_exploration(command, *arguments);
  command
      .add_option("--time-limit", arguments->time_limit,
                  "A combination that has made no progress for so long has hung (30s)")
      ->type_name("TIME");
  command.add_option("--replay", *replay, "Run a saved case again, instead of configs")
      ->type_name("FILE");
  command.add_flag("--json", arguments->json, "As JSON");
  add_plugin_options(command, line);
  command.callback([arguments, replay, &command, &line] {
    if (command.count("--replay") > 0) {
      arguments->replay = *replay;
      arguments->not_for_replay = given_in_vain(command);
    }
    arguments->program = line.program;
    arguments->plugin_paths = line.plugin_paths;
    arguments->search_path = line.search_path();
    line.chosen = [arguments] { return run_check(*arguments); };
  });
}

}  // namespace daxlab
