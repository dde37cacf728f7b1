// The command line of daxlab.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <system_error>

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
  SoakArguments soak;
  ConformanceArguments conformance;
  CheckArguments check;
  RegionCreateArguments region_create;
  std::filesystem::path region_path;
  bool region_json = false;
  RegionFsckArguments region_fsck;
  std::string out, csv, from_result, replay;
  std::vector<std::filesystem::path> plugin_paths;
  bool allow_writable = false;
  CLI::App* run_command = nullptr;
  CLI::App* validate_command = nullptr;
  CLI::App* list_command = nullptr;
  CLI::App* schema_command = nullptr;
  CLI::App* doctor_command = nullptr;
  CLI::App* soak_command = nullptr;
  CLI::App* conformance_command = nullptr;
  CLI::App* check_command = nullptr;
  CLI::App* region_command = nullptr;
  CLI::App* region_create_command = nullptr;
  CLI::App* region_info_command = nullptr;
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
                        std::vector<std::string>& overrides, bool required = true) {
  command.add_option("configs", configs, "YAML files")->required(required)->type_name("CONFIG");
  command.add_option("--set", overrides, "Override a value: region.size=1GiB; repeatable")
      ->type_name("KEY=VALUE")
      ->expected(1)
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

void add_region_path(CLI::App& command, std::filesystem::path& path) {
  command.add_option("path", path, "The region's file")->required()->type_name("PATH");
}

void add_region_commands(CLI::App& app, CommandLine& line) {
  line.region_command = app.add_subcommand("region", "Make, show, check and mend region files");
  line.region_command->require_subcommand(1);

  CLI::App& create = *line.region_command->add_subcommand("create", "Make a region in a file");
  add_region_path(create, line.region_create.path);
  create.add_option("--size", line.region_create.size, "Such as 64MiB")
      ->required()
      ->type_name("SIZE");
  create.add_flag("--force", line.region_create.force, "Overwrite what is there");
  line.region_create_command = &create;

  CLI::App& info = *line.region_command->add_subcommand("info", "Show what a region holds");
  add_region_path(info, line.region_path);
  info.add_flag("--json", line.region_json, "As JSON");
  line.region_info_command = &info;

  CLI::App& fsck = *line.region_command->add_subcommand(
      "fsck", "Name every inconsistency; exit 1 when some are left");
  add_region_path(fsck, line.region_fsck.path);
  fsck.add_flag("--repair", line.region_fsck.repair, "Mend what can be mended");
  fsck.add_flag("--json", line.region_fsck.json, "As JSON");
}

void add_run_command(CLI::App& app, CommandLine& line) {
  CLI::App& run = *app.add_subcommand("run", "Run the cells of configs and show the results");
  add_config_options(run, line.run.configs, line.run.overrides,
                     /*required=*/false);
  run.add_option("--from-result", line.from_result,
                 "Instead of configs: run the cells of an --out file again")
      ->type_name("FILE.json");
  run.add_option("--cells", line.run.cells_glob, "Only cells whose names match")->type_name("GLOB");
  run.add_flag("--list-cells", line.run.list_cells, "Print the names of cells, run none");
  run.add_option("--out", line.out,
                 "Write the results as Google Benchmark JSON; until then every "
                 "finished run is kept "
                 "in FILE.json.partial")
      ->type_name("FILE.json");
  run.add_flag("--resume", line.run.resume,
               "Run only what --out FILE.json.partial, or an interrupted "
               "FILE.json, has not; runs "
               "that have failed are not run again");
  run.add_option("--csv", line.csv, "Write a row for each run, all counters")
      ->type_name("FILE.csv");
  run.add_option("--jobs", line.run.jobs,
                 "Run up to N cells at once (1): faster, but times disturb each other")
      ->type_name("N")
      ->check(CLI::Range(uint64_t{1}, uint64_t{1024}));
  run.add_flag("--force", line.run.force,
               "Make regions also over files that are no daxlab regions");
  add_plugin_options(run, line);
  line.run_command = &run;
}

void add_conformance_command(CLI::App& app, CommandLine& line) {
  ConformanceArguments& arguments = line.conformance;
  arguments.time_limit = "120s";
  CLI::App& command = *app.add_subcommand("conformance",
                                          "Check a plugin against the contract of its kind; exit 1 "
                                          "when it breaks it");
  command.add_option("kind", arguments.kind, "fault, write or alloc")->required();
  command.add_option("name", arguments.name, "The plugin")->required();
  command.add_option("--option", arguments.options, "One of the plugin's options; repeatable")
      ->type_name("KEY=VALUE")
      ->expected(1)
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command.add_option("--checks", arguments.checks_glob, "Only checks whose names match")
      ->type_name("GLOB");
  command.add_option("--seed", arguments.seed, "Of what is random (1)")->type_name("N");
  command.add_option("--time-limit", arguments.time_limit, "Of each check (120s)")
      ->type_name("TIME");
  command.add_flag("--json", arguments.json, "As JSON");
  add_plugin_options(command, line);
  line.conformance_command = &command;
}

// An option that may be given several times.
void add_list(CLI::App& command, const char* option, std::vector<std::string>& values,
              const char* help, const char* type_name) {
  command.add_option(option, values, help)
      ->type_name(type_name)
      ->expected(1)
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

void add_check_command(CLI::App& app, CommandLine& line) {
  CheckArguments& arguments = line.check;
  arguments.time_limit = "30s";
  arguments.save = ".";
  CLI::App& check = *app.add_subcommand("check",
                                        "Look for a run that breaks a promise, for "
                                        "every combination of strategies of "
                                        "configs; exit 1 when there is one");
  add_config_options(check, arguments.configs, arguments.overrides,
                     /*required=*/false);
  check
      .add_option("--combinations", arguments.combinations_glob,
                  "Only combinations fault/write/alloc whose names match")
      ->type_name("GLOB");
  check.add_flag("--list", arguments.list, "Print the names of combinations, check none");
  const auto number = [&](const char* option, uint64_t& value, const char* help, uint64_t first,
                          uint64_t last) {
    check.add_option(option, value, help)->type_name("N")->check(CLI::Range(first, last));
  };
  number("--seeds", arguments.seeds,
         "So many seeds of each policy, however long it takes (exhaustive: minutes a combination)",
         1, 1'000'000'000);
  check
      .add_option("--time", arguments.time,
                  "Of each combination, such as 1min (10s, when there are no --seeds)")
      ->type_name("TIME");
  add_list(check, "--policy", arguments.policies,
           "random, pct or exhaustive (all): how threads take turns; repeatable", "NAME,...");
  add_list(check, "--judges", arguments.judges,
           "Only these promises, such as coherence,durability (all); repeatable", "NAME,...");
  number("--seed", arguments.first_seed, "The first seed (1)", 1, UINT32_MAX);
  number("--pct-depth", arguments.pct_depth, "Depth of the bugs that pct looks for (3)", 1, 16);
  number("--preemptions", arguments.preemptions,
         "How often exhaustive may take a turn from a thread that could go on (2)", 0, 8);
  number("--jobs", arguments.jobs, "Check up to N combinations at once (1)", 1, 1024);
  check
      .add_option("--time-limit", arguments.time_limit,
                  "Without a sign of life, a combination has hung (30s)")
      ->type_name("TIME");
  check.add_option("--save", arguments.save, "The folder where findings are kept (.)")
      ->type_name("FOLDER");
  check.add_option("--replay", line.replay, "Instead of configs: what was found, once more")
      ->type_name("FILE");
  check.add_flag("--json", arguments.json, "As JSON");
  add_plugin_options(check, line);
  line.check_command = &check;
}

void add_commands(CLI::App& app, CommandLine& line) {
  add_run_command(app, line);
  add_check_command(app, line);

  line.validate_command = app.add_subcommand("validate", "Check configs, run nothing");
  add_config_options(*line.validate_command, line.validate.configs, line.validate.overrides);
  add_plugin_options(*line.validate_command, line);

  line.list_command = app.add_subcommand("list", "Show plugins: kind, path, ABI, options");
  line.list_command->add_flag("--json", line.list.json, "As JSON");
  add_plugin_options(*line.list_command, line);

  line.schema_command =
      app.add_subcommand("schema", "Print the JSON Schema of configs, for editors");
  add_plugin_options(*line.schema_command, line);

  line.doctor_command =
      app.add_subcommand("doctor", "Show what this machine has and what it lacks");
  line.doctor_command->add_flag("--json", line.doctor_json, "As JSON");

  line.soak_command =
      app.add_subcommand("soak",
                         "Run random cells in one process, again and again; exit 1 when "
                         "something is not given back");
  add_config_options(*line.soak_command, line.soak.configs, line.soak.overrides);
  line.soak_command->add_option("--time", line.soak.time, "How long, such as 10min")
      ->required()
      ->type_name("TIME");
  line.soak_command->add_option("--seed", line.soak.seed, "Of the order and of each run (1)")
      ->type_name("N");
  line.soak_command->add_option("--cells", line.soak.cells_glob, "Only cells whose names match")
      ->type_name("GLOB");
  add_plugin_options(*line.soak_command, line);

  add_conformance_command(app, line);

  add_region_commands(app, line);
}

int run_region(const CommandLine& line) {
  if (line.region_create_command->parsed()) return run_region_create(line.region_create);
  if (line.region_info_command->parsed())
    return run_region_info(line.region_path, line.region_json);
  return run_region_fsck(line.region_fsck);
}

int run_chosen(CommandLine& line) {
  const SearchPath search_path = plugin_search_path(
      line.plugin_paths, std::getenv("DAXLAB_PLUGIN_PATH"), this_executable(), line.allow_writable);
  if (line.run_command->parsed()) {
    line.run.search_path = search_path;
    line.run.plugin_paths = line.plugin_paths;
    const auto given = [&](const char* option) { return line.run_command->count(option) > 0; };
    if (given("--out")) line.run.out = line.out;
    if (given("--csv")) line.run.csv = line.csv;
    if (given("--from-result")) line.run.from_result = line.from_result;
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
  if (line.schema_command->parsed()) return run_schema(search_path);
  if (line.soak_command->parsed()) {
    line.soak.search_path = search_path;
    return run_soak(line.soak);
  }
  if (line.conformance_command->parsed()) {
    line.conformance.plugin_paths = line.plugin_paths;
    line.conformance.search_path = search_path;
    return run_conformance(line.conformance);
  }
  if (line.check_command->parsed()) {
    line.check.plugin_paths = line.plugin_paths;
    line.check.search_path = search_path;
    if (line.check_command->count("--replay") > 0) line.check.replay = line.replay;
    return run_check(line.check);
  }
  if (line.region_command->parsed()) return run_region(line);
  return run_doctor(line.doctor_json);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(
      "What DAX fault, write and allocation strategies cost, and "
      "whether they are right.",
      "daxlab");
  app.require_subcommand(1);
  app.set_version_flag("--version", fmt::format("daxlab {} (git {}, {})", daxlab_version(),
                                                git_revision(), compiler()));
  CommandLine line;
  add_commands(app, line);
  line.run.program = argc > 0 ? argv[0] : "daxlab";
  line.check.program = line.run.program;
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // Help and version come this way too, with status 0.
    return app.exit(error) == 0 ? exit_passed : exit_usage;
  }
  std::signal(SIGXFSZ,
              SIG_IGN);  // a file that grows too large is an error of that write
  int status = exit_failed;
  try {
    status = run_chosen(line);
  } catch (const std::system_error& error) {  // of fmt::print, above all: stdout cannot be written
    fmt::print(stderr, "daxlab: {}\n", error.what());
    return exit_failed;
  }
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return status;
  fmt::print(stderr, "daxlab: not all of the output could be written\n");
  return status == exit_passed ? exit_failed : status;
}
