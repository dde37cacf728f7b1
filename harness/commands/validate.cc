// `daxlab validate`: checks configs and their plugins, runs nothing.
#include <fmt/format.h>

#include "harness/commands/commands.h"
#include "harness/commands/load_configs.h"
#include "harness/commands/shared_options.h"
#include "harness/run/standard_streams.h"

namespace daxlab {
namespace {

class ValidateCommand final : public Command {
 public:
  CommandTable table() override {
    CommandTable table{.name = "validate", .help = "Check configs, run nothing"};
    add_config_options(table.options, configs_, overrides_);
    add_plugin_options(table.options, plugins_);
    return table;
  }
  int run(const TypedLine&) override {
    const SearchPath search_path = plugins_.search_path();
    int status = exit_passed;
    for (const std::string& path : configs_) {
      const auto configs = load_configs({path}, overrides_, search_path);
      if (!configs.ok()) {
        status = fail_to_begin("validate", configs.error());
        continue;  // the others are checked all the same
      }
      const size_t cells = configs.value().front().cells.size();
      print("{}: ok, {} cell{}\n", path, cells, cells == 1 ? "" : "s");
    }
    return status;
  }

 private:
  std::vector<std::string> configs_;
  std::vector<std::string> overrides_;
  PluginOptions plugins_;
};

}  // namespace

std::unique_ptr<Command> make_validate_command() { return std::make_unique<ValidateCommand>(); }

}  // namespace daxlab
