#include "harness/commands/shared_options.h"

#include <cstdlib>

#include "harness/run/plugin_search_path.h"

namespace daxlab {

SearchPath PluginOptions::search_path() const {
  return plugin_search_path({folders.begin(), folders.end()}, std::getenv("DAXLAB_PLUGIN_PATH"),
                            this_executable(), allow_writable);
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

CommandOption region_path_option(std::string& into) {
  return {.name = "path",
          .value = "PATH",
          .help = "The region's file",
          .into = &into,
          .required = true};
}

}  // namespace daxlab
