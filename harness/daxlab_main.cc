// The command line of daxlab.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdlib>

#include "harness/commands/command.h"
#include "harness/run/build_facts.h"
#include "harness/run/plugin_search_path.h"

namespace {

using namespace daxlab;

struct CommandLine {
  RunArguments run;
  ValidateArguments validate;
  ListArguments list;
  bool doctor_json = false;
  std::string out;
  std::vector<std::filesystem::path> plugin_paths;
  bool allow_writable = false;
  CLI::App* run_command = nullptr;
  CLI::App* validate_command = nullptr;
  CLI::App* list_command = nullptr;
  CLI::App* doctor_command = nullptr;
};

void add_plugin_options(CLI::App& command, CommandLine& line) {
  command
      .add_option("--plugin-path", line.plugin_paths,
                  "Folder of plugins, searched first; repeatable")
      ->type_name("DIR")
      ->expected(1)
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command.add_flag("--allow-writable-plugins", line.allow_writable,
                   "Load plugins that other users could have written");
}

void add_config_options(CLI::App& command, std::vector<std::filesystem::path>& configs,
                        std::vector<std::string>& overrides) {
  command.add_option("configs", configs, "YAML files")->required()->type_name("CONFIG");
  command.add_option("--set", overrides, "Override a value: region.size=1GiB; repeatable")
      ->type_name("KEY=VALUE")
      ->expected(1)
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

void add_commands(CLI::App& app, CommandLine& line) {
  line.run_command = app.add_subcommand("run", "Run the cells of configs and show the results");
  add_config_options(*line.run_command, line.run.configs, line.run.overrides);
  line.run_command->add_option("--out", line.out, "Write the results as Google Benchmark JSON")
      ->type_name("FILE.json");
  line.run_command->add_flag("--list-cells", line.run.list_cells,
                             "Print the names of cells, run none");
  line.run_command->add_option("--cells", line.run.cells_glob, "Only cells whose names match")
      ->type_name("GLOB");
  add_plugin_options(*line.run_command, line);

  line.validate_command = app.add_subcommand("validate", "Check configs, run nothing");
  add_config_options(*line.validate_command, line.validate.configs, line.validate.overrides);
  add_plugin_options(*line.validate_command, line);

  line.list_command = app.add_subcommand("list", "Show plugins: kind, path, ABI, options");
  line.list_command->add_flag("--json", line.list.json, "As JSON");
  add_plugin_options(*line.list_command, line);

  line.doctor_command =
      app.add_subcommand("doctor", "Show what this machine has and what it lacks");
  line.doctor_command->add_flag("--json", line.doctor_json, "As JSON");
}

int run_chosen(CommandLine& line) {
  const SearchPath search_path = plugin_search_path(
      line.plugin_paths, std::getenv("DAXLAB_PLUGIN_PATH"), this_executable(), line.allow_writable);
  if (line.run_command->parsed()) {
    line.run.search_path = search_path;
    if (!line.out.empty()) line.run.out = line.out;
    return run_run(line.run);
  }
  if (line.validate_command->parsed()) {
    line.validate.search_path = search_path;
    return run_validate(line.validate);
  }
  if (line.list_command->parsed()) {
    line.list.search_path = search_path;
    return run_list(line.list);
  }
  return run_doctor(line.doctor_json);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("What DAX fault, write and allocation strategies cost, and whether they are right.",
               "daxlab");
  app.require_subcommand(1);
  app.set_version_flag("--version", fmt::format("daxlab {} (git {}, {})", daxlab_version(),
                                                git_revision(), compiler()));
  CommandLine line;
  add_commands(app, line);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // Help and version come this way too, with status 0.
    return app.exit(error) == 0 ? exit_passed : exit_usage;
  }
  return run_chosen(line);
}
