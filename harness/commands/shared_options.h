// Options that several commands have in common.
#pragma once

#include <string>
#include <vector>

#include "harness/commands/command.h"

namespace daxlab {

struct SearchPath;

// --plugin-path and --allow-writable-plugins, as they were given.
struct PluginOptions {
  std::vector<std::string> folders;
  bool allow_writable = false;
  // With DAXLAB_PLUGIN_PATH, and the plugins beside the program that runs. Where this program has
  // more rights than who started it (AT_SECURE), neither the variable nor allow_writable is heeded,
  // and stderr is told so.
  SearchPath search_path() const;
};
void add_plugin_options(std::vector<CommandOption>& options, PluginOptions& into);
// The words that give the same options again.
void add_plugin_words(std::vector<std::string>& words, const PluginOptions& given);

// Configs, and the --set KEY=VALUE that override their values.
void add_config_options(std::vector<CommandOption>& options, std::vector<std::string>& configs,
                        std::vector<std::string>& overrides, bool required = true);

// --cells GLOB, any number of times.
CommandOption cells_option(std::vector<std::string>& into);

// The file or device of a region: what its subcommands begin with.
CommandOption region_path_option(std::string& into);

}  // namespace daxlab
