#include "harness/commands/conformance_arguments.h"

namespace daxlab {

CommandTable table_of(ConformanceArguments& arguments) {
  CommandTable table{
      .name = "conformance",
      .help = "Check a plugin against the contract of its kind; exit 1 when it breaks it"};
  auto& options = table.options;
  options.push_back({.name = "plugins",
                     .value = "KIND NAME | FILE.so",
                     .help = "fault, write or alloc and a name, or the file; several are possible",
                     .into = &arguments.tested});
  options.push_back(
      {.name = "--all",
       .help = "Every plugin of the folders of --plugin-path; without these, all that are shipped",
       .into = &arguments.all});
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
  options.push_back({.name = "--call-limit",
                     .value = "TIME",
                     .help = "Of each call of the plugin, in processor time (5s)",
                     .into = &arguments.call_limit});
  options.push_back({.name = "--junit",
                     .value = "FILE",
                     .help = "Write the results as JUnit XML, too",
                     .into = &arguments.junit});
  options.push_back({.name = "--json", .help = "As JSON", .into = &arguments.json});
  add_plugin_options(options, arguments.plugins);
  return table;
}

}  // namespace daxlab
