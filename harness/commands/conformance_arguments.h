// What `daxlab conformance` is told: read by daxlab, and again by the program that checks.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/commands/shared_options.h"

namespace daxlab {

struct ConformanceArguments {
  std::string kind;                  // as it was given: fault, write or alloc
  std::string name;                  // of the plugin
  std::vector<std::string> options;  // key=value, as in YAML
  std::string checks_glob;           // empty: all
  std::string time_limit = "120s";   // of each check, as in YAML
  uint64_t seed = 1;
  bool json = false;
  PluginOptions plugins;
};

CommandTable table_of(ConformanceArguments& arguments);

}  // namespace daxlab
