#include "harness/commands/shared_options.h"

#include <fmt/format.h>
#include <stdlib.h>
#include <sys/auxv.h>

#include <cstdio>
#include <cstdlib>

#include "core/registry/program_layout.h"
#include "harness/run/plugin_search_path.h"
#include "harness/run/standard_streams.h"

namespace daxlab {
namespace {

// Who started it chose environment and arguments, and must not choose the code that has the rights.
constexpr const char* more_rights =
    "this program has more rights than who started it (setuid, setgid or file capabilities)";

}  // namespace

SearchPath PluginOptions::search_path() const {
  constexpr const char* variable = "DAXLAB_PLUGIN_PATH";
  const bool has_more_rights = getauxval(AT_SECURE) != 0;
  if (has_more_rights && std::getenv(variable) != nullptr) {
    print_error("daxlab: {} is not heeded: {}; name its folders by --plugin-path\n", variable,
                more_rights);
  }
  if (has_more_rights && allow_writable) {
    print_error(
        "daxlab: --allow-writable-plugins is not heeded: {}; copy the plugins to a folder "
        "that only you or root may write to\n",
        more_rights);
  }
  return plugin_search_path({folders.begin(), folders.end()}, secure_getenv(variable),
                            this_executable(), allow_writable && !has_more_rights);
}

void add_plugin_options(std::vector<CommandOption>& options, PluginOptions& into) {
  options.push_back({.name = "--plugin-path",
                     .value = "DIR",
                     .help = "Folder of plugins, searched first; repeatable",
                     .into = &into.folders});
  options.push_back({.name = "--allow-writable-plugins",
                     .help = "Load plugins that other users could have written",
                     .into = &into.allow_writable});
}

void add_plugin_words(std::vector<std::string>& words, const PluginOptions& given) {
  for (const std::string& folder : given.folders) {
    words.insert(words.end(), {"--plugin-path", folder});
  }
  if (given.allow_writable) words.emplace_back("--allow-writable-plugins");
}

void add_config_options(std::vector<CommandOption>& options, std::vector<std::string>& configs,
                        std::vector<std::string>& overrides, bool required) {
  options.push_back({.name = "configs",
                     .value = "CONFIG",
                     .help = "YAML files",
                     .into = &configs,
                     .required = required});
  options.push_back({.name = "--set",
                     .value = "KEY=VALUE",
                     .help = "Override a value: region.size=1GiB; repeatable",
                     .into = &overrides});
}

CommandOption cells_option(std::vector<std::string>& into) {
  return {.name = "--cells",
          .value = "GLOB",
          .help = "Only cells whose names match; with '!' before it, only others; repeatable",
          .into = &into};
}

CommandOption region_path_option(std::string& into) {
  return {.name = "path",
          .value = "PATH",
          .help = "The region's file or device",
          .into = &into,
          .required = true};
}

}  // namespace daxlab
