#include "harness/commands/conformance_arguments.h"

namespace daxlab {

CommandTable table_of(ConformanceArguments& arguments) {
  CommandTable table{
      .name = "conformance",
      .help = "Check a plugin against the contract of its kind; exit 1 when it breaks it"};
  auto& options = table.options;
  options.push_back({.name = "kind",
                     .value = "TEXT",
                     .help = "fault, write or alloc",
                     .into = &arguments.kind,
                     .required = true});
  options.push_back({.name = "name",
                     .value = "TEXT",
                     .help = "The plugin",
                     .into = &arguments.name,
                     .required = true});
  options.push_back({.name = "--option",
                     .value = "KEY=VALUE",
                     .help = "One of the plugin's options; repeatable",
                     .into = &arguments.options});
  options.push_back({.name = "--checks",
                     .value = "GLOB",
                     .help = "Only checks whose names match",
                     .into = &arguments.checks_glob});
  options.push_back(
      {.name = "--seed", .value = "N", .help = "Of what is random (1)", .into = &arguments.seed});
  options.push_back({.name = "--time-limit",
                     .value = "TIME",
                     .help = "Of each check (120s)",
                     .into = &arguments.time_limit});
  options.push_back({.name = "--json", .help = "As JSON", .into = &arguments.json});
  add_plugin_options(options, arguments.plugins);
  return table;
}

}  // namespace daxlab
