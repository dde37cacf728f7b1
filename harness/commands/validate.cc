// `daxlab validate`: checks configs and their plugins, runs nothing.
#include <fmt/format.h>

#include "harness/commands/command.h"
#include "harness/commands/command_line.h"
#include "harness/commands/load_configs.h"

namespace daxlab {

int run_validate(const ValidateArguments& arguments) {
  int status = exit_passed;
  for (const std::filesystem::path& path : arguments.configs) {
    const auto configs = load_configs({path}, arguments.overrides, arguments.search_path);
    if (!configs.ok()) {
      // The others are checked all the same.
      fmt::print(stderr, "daxlab validate: {}\n", configs.error().message);
      status = exit_usage;
      continue;
    }
    const size_t cells = configs.value().front().cells.size();
    fmt::print("{}: ok, {} cell{}\n", path.string(), cells, cells == 1 ? "" : "s");
  }
  return status;
}

void add_validate_command(CLI::App& app, CommandLine& line) {
  const auto arguments = std::make_shared<ValidateArguments>();
  CLI::App& command = *app.add_subcommand("validate", "Check configs, run nothing");
  add_config_options(command, arguments->configs, arguments->overrides);
  add_plugin_options(command, line);
  command.callback([arguments, &line] {
    arguments->search_path = line.search_path();
    line.chosen = [arguments] { return run_validate(*arguments); };
  });
}

}  // namespace daxlab
