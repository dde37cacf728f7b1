#include "harness/commands/soak_arguments.h"

namespace daxlab {

CommandTable table_of(SoakArguments& arguments) {
  CommandTable table{.name = "soak",
                     .help =
                         "Run random cells in one process, again and again; exit 1 when something "
                         "is not given back"};
  auto& options = table.options;
  add_config_options(options, arguments.configs, arguments.overrides);
  options.push_back({.name = "--time",
                     .value = "TIME",
                     .help = "How long, such as 10min",
                     .into = &arguments.time,
                     .required = true});
  options.push_back({.name = "--seed",
                     .value = "N",
                     .help = "Of the order and of each run (1)",
                     .into = &arguments.seed});
  options.push_back(cells_option(arguments.cells_globs));
  add_plugin_options(options, arguments.plugins);
  return table;
}

}  // namespace daxlab
