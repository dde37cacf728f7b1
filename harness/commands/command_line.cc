#include "harness/commands/command_line.h"

#include <fmt/format.h>

#include <cstdlib>

#include "harness/run/plugin_search_path.h"

namespace daxlab {

SearchPath CommandLine::search_path() const {
  return plugin_search_path(plugin_paths, std::getenv("DAXLAB_PLUGIN_PATH"), this_executable(),
                            allow_writable);
}

// The parser knows of a word that it could not use only whose it is.
std::string usage_error_text(const CLI::App& app, const CLI::Error& error) {
  const CLI::App* at = &app;
  std::string command = app.get_name();
  while (!at->get_subcommands().empty()) {
    at = at->get_subcommands().front();
    command += " " + at->get_name();
  }
  std::string what = error.what();
  const auto known = at->get_subcommands([](const CLI::App*) { return true; });
  if (!known.empty() && error.get_name() == "RequiredError") {
    std::vector<std::string> names;
    for (const CLI::App* one : known) names.push_back(one->get_name());
    const std::vector<std::string> words = at->remaining();
    what = fmt::format("{}; expected one of {}",
                       words.empty() ? "a subcommand is missing"
                                     : fmt::format("there is no subcommand '{}'", words.front()),
                       fmt::join(names, ", "));
  }
  return fmt::format("{}: {}\nHow it is used: {} --help\n", command, what, command);
}

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
                        std::vector<std::string>& overrides, bool required) {
  command.add_option("configs", configs, "YAML files")->required(required)->type_name("CONFIG");
  add_list_option(command, "--set", overrides, "Override a value: region.size=1GiB; repeatable",
                  "KEY=VALUE");
}

void add_region_path(CLI::App& command, std::filesystem::path& path) {
  command.add_option("path", path, "The region's file")->required()->type_name("PATH");
}

CLI::Option& add_list_option(CLI::App& command, const std::string& option,
                             std::vector<std::string>& values, const std::string& help,
                             const std::string& type_name) {
  return *command.add_option(option, values, help)
              ->type_name(type_name)
              ->expected(1)
              ->allow_extra_args(false)
              ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

void add_region_command(CLI::App& app, CommandLine& line) {
  CLI::App& region = *app.add_subcommand("region", "Make, show, check and mend region files");
  region.require_subcommand(1);
  add_region_create_command(region, line);
  add_region_info_command(region, line);
  add_region_fsck_command(region, line);
}

}  // namespace daxlab
