// The command line of `daxlab run`.
#include "harness/commands/commands.h"
#include "harness/commands/run_arguments.h"

namespace daxlab {
namespace {

void add_outputs(std::vector<CommandOption>& options, RunArguments& into) {
  options.push_back({.name = "--out",
                     .value = "FILE.json",
                     .help =
                         "Write the results as Google Benchmark JSON; until then every finished "
                         "run is kept in FILE.json.partial",
                     .into = &into.out});
  options.push_back({.name = "--resume",
                     .value = "[=mixed]",
                     .help =
                         "Run only what --out FILE.json.partial, or an interrupted FILE.json, has "
                         "not; runs that have failed are not run again. What another kernel, CPU, "
                         "build or fault delivery has made is gone on with only by =mixed",
                     .into = &into.resume});
  options.push_back({.name = "--csv",
                     .value = "FILE.csv",
                     .help = "Write a row for each run, all counters",
                     .into = &into.csv});
  options.push_back(
      {.name = "--junit",
       .value = "FILE.xml",
       .help = "Write a test case for each cell, as continuous integration reads them",
       .into = &into.junit});
  options.push_back({.name = "--trace",
                     .value = "FILE.json",
                     .help =
                         "Write each fault and operation of the measured parts as a Chrome JSON "
                         "trace, which Perfetto opens; times are longer then",
                     .into = &into.trace});
  options.push_back({.name = "--columns",
                     .value = "NAMES",
                     .help =
                         "More columns in the tables: p90, p999, max, fault_p99 or any counter, "
                         "separated by commas",
                     .into = &into.columns});
  options.push_back({.name = "--against",
                     .value = "DIR",
                     .help =
                         "Run the daxlab in that folder, of another build, and this one in turn, "
                         "and compare them",
                     .into = &into.against});
  options.push_back({.name = "--expect",
                     .value = "FILE.yaml",
                     .help =
                         "Compare counters that do not drift with those of the file; exit 1 when "
                         "one differs",
                     .into = &into.expect});
  options.push_back({.name = "--update",
                     .help = "With --expect: write the counters of this run to the file instead",
                     .into = &into.update});
}

class RunCommand final : public Command {
 public:
  CommandTable table() override {
    CommandTable table{.name = "run", .help = "Run the cells of configs and show the results"};
    auto& options = table.options;
    add_config_options(options, arguments_.configs, arguments_.overrides, /*required=*/false);
    options.push_back({.name = "--from-result",
                       .value = "FILE.json",
                       .help = "Instead of configs: run the cells of an --out file again",
                       .into = &arguments_.from_result});
    options.push_back({.name = "--failed",
                       .value = "FILE.json",
                       .help = "Instead of configs: run what has failed in an --out file again",
                       .into = &arguments_.failed});
    options.push_back(cells_option(arguments_.cells_globs));
    options.push_back({.name = "--shard",
                       .value = "I/N",
                       .help =
                           "Only the I-th of N parts, whole tables each; daxlab merge puts their "
                           "results together",
                       .into = &arguments_.shard});
    options.push_back({.name = "--list-cells",
                       .help = "Print the names of cells, run none",
                       .into = &arguments_.list_cells});
    add_outputs(options, arguments_);
    options.push_back(
        {.name = "--jobs",
         .value = "N",
         .help = "Run up to N cells at once (1): faster, but times disturb each other",
         .into = &arguments_.jobs,
         .limits = NumberLimits{1, 1024}});
    options.push_back({.name = "--no-userfaultfd",
                       .help =
                           "Forbid userfaultfd to the cells' processes, as many a container does: "
                           "SIGSEGV alone delivers faults (userfaultfd: forbidden in a config)",
                       .into = &arguments_.no_userfaultfd});
    options.push_back({.name = "--force",
                       .help = "Make regions also over files that are no daxlab regions",
                       .into = &arguments_.force});
    add_plugin_options(options, arguments_.plugins);
    return table;
  }
  int run(const TypedLine& line) override {
    arguments_.program = line.program();
    return run_run(arguments_);
  }

 private:
  RunArguments arguments_;
};

}  // namespace

std::unique_ptr<Command> make_run_command() { return std::make_unique<RunCommand>(); }

}  // namespace daxlab
