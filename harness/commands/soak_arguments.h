// What `daxlab soak` is told: read by daxlab, and again by the program that soaks.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/commands/shared_options.h"

namespace daxlab {

struct SoakArguments {
  std::vector<std::string> configs;    // files
  std::vector<std::string> overrides;  // key=value
  std::vector<std::string> cells_globs;
  std::string time;  // as in YAML: 10min
  uint64_t seed = 1;
  PluginOptions plugins;
};

CommandTable table_of(SoakArguments& arguments);

}  // namespace daxlab
