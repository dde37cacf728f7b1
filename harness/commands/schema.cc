// `daxlab schema`: prints the JSON Schema of configs, for editors.
#include "harness/config/schema.h"

#include <fmt/format.h>

#include "harness/commands/commands.h"
#include "harness/commands/shared_options.h"
#include "harness/run/standard_streams.h"

namespace daxlab {
namespace {

class SchemaCommand final : public Command {
 public:
  CommandTable table() override {
    CommandTable table{.name = "schema", .help = "Print the JSON Schema of configs, for editors"};
    add_plugin_options(table.options, plugins_);
    return table;
  }
  int run(const TypedLine&) override {
    Registry registry(plugins_.search_path());
    std::vector<PluginDescription> plugins = registry.list().plugins;
    // Plugins that are wrong on purpose are not installed: they are accepted like anybody's own.
    std::erase_if(plugins, [](const PluginDescription& plugin) { return plugin.hazard; });
    print("{}", config_schema(plugins, all_workloads()));
    return exit_passed;
  }

 private:
  PluginOptions plugins_;
};

}  // namespace

std::unique_ptr<Command> make_schema_command() { return std::make_unique<SchemaCommand>(); }

}  // namespace daxlab
