// The command line of `daxlab run`.
#include <memory>

#include "harness/commands/command.h"
#include "harness/commands/command_line.h"

namespace daxlab {
namespace {

// Options whose absence means something.
struct RunPaths {
  std::string out, csv, from_result;
};

void take_paths(const CLI::App& command, const RunPaths& paths, RunArguments& arguments) {
  if (command.count("--out") > 0) arguments.out = paths.out;
  if (command.count("--csv") > 0) arguments.csv = paths.csv;
  if (command.count("--from-result") > 0) arguments.from_result = paths.from_result;
}

void add_outputs(CLI::App& command, RunArguments& arguments, RunPaths& paths) {
  command
      .add_option("--out", paths.out,
                  "Write the results as Google Benchmark JSON; until then every "
                  "finished run is kept "
                  "in FILE.json.partial")
      ->type_name("FILE.json");
  command.add_flag("--resume", arguments.resume,
                   "Run only what --out FILE.json.partial, or an interrupted "
                   "FILE.json, has not; runs "
                   "that have failed are not run again");
  command.add_option("--csv", paths.csv, "Write a row for each run, all counters")
      ->type_name("FILE.csv");
}

}  // namespace

void add_run_command(CLI::App& app, CommandLine& line) {
  const auto arguments = std::make_shared<RunArguments>();
  const auto paths = std::make_shared<RunPaths>();
  CLI::App& command = *app.add_subcommand("run", "Run the cells of configs and show the results");
  add_config_options(command, arguments->configs, arguments->overrides, /*required=*/false);
  command
      .add_option("--from-result", paths->from_result,
                  "Instead of configs: run the cells of an --out file again")
      ->type_name("FILE.json");
  command.add_option("--cells", arguments->cells_glob, "Only cells whose names match")
      ->type_name("GLOB");
  command.add_flag("--list-cells", arguments->list_cells, "Print the names of cells, run none");
  add_outputs(command, *arguments, *paths);
  command
      .add_option("--jobs", arguments->jobs,
                  "Run up to N cells at once (1): faster, but times disturb each other")
      ->type_name("N")
      ->check(CLI::Range(uint64_t{1}, uint64_t{1024}));
  command.add_flag("--force", arguments->force,
                   "Make regions also over files that are no daxlab regions");
  add_plugin_options(command, line);
  command.callback([arguments, paths, &command, &line] {
    take_paths(command, *paths, *arguments);
    arguments->program = line.program;
    arguments->plugin_paths = line.plugin_paths;
    arguments->search_path = line.search_path();
    line.chosen = [arguments] { return run_run(*arguments); };
  });
}

}  // namespace daxlab
