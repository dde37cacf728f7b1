// `daxlab schema`: prints the JSON Schema of configs, for editors.
#include "harness/config/schema.h"

#include <fmt/format.h>

#include "harness/commands/command.h"
#include "harness/commands/command_line.h"

namespace daxlab {

int run_schema(const SearchPath& search_path) {
  Registry registry(search_path);
  std::vector<PluginDescription> plugins = registry.list().plugins;
  // Plugins that are wrong on purpose are not installed: they are accepted like anybody's own.
  std::erase_if(plugins, [](const PluginDescription& plugin) { return plugin.hazard; });
  fmt::print("{}", config_schema(plugins, all_workloads()));
  return exit_passed;
}

void add_schema_command(CLI::App& app, CommandLine& line) {
  CLI::App& command =
      *app.add_subcommand("schema", "Print the JSON Schema of configs, for editors");
  add_plugin_options(command, line);
  command.callback([&line] { line.chosen = [&line] { return run_schema(line.search_path()); }; });
}

}  // namespace daxlab
