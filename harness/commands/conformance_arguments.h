// What `daxlab conformance` is told: read by daxlab, and again by the program that checks.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/commands/shared_options.h"

namespace daxlab {

struct ConformanceArguments {
  std::vector<std::string> tested;   // as they were given: KIND NAME, or paths
  bool all = false;                  // every plugin of the folders of --plugin-path
  std::vector<std::string> options;  // key=value, as in YAML
  std::string checks_glob;           // empty: all
  std::string time_limit = "120s";   // of each check, as in YAML
  std::string call_limit = "5s";     // of each call of the plugin, in processor time
  uint64_t seed = 1;
  bool json = false;
  std::optional<std::string> junit;  // a file
  PluginOptions plugins;
};

CommandTable table_of(ConformanceArguments& arguments);

}  // namespace daxlab
