// What `daxlab run` was told.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/commands/shared_options.h"

namespace daxlab {

struct RunArguments {
  std::vector<std::string> configs;        // files; empty with from_result
  std::optional<std::string> from_result;  // run the cells of this file again
  std::vector<std::string> overrides;      // key=value
  std::string cells_glob;                  // empty: all
  bool list_cells = false;
  bool force = false;  // make regions also over files that are none
  uint64_t jobs = 1;
  bool resume = false;
  std::optional<std::string> out, csv;  // files
  PluginOptions plugins;
  std::string program;  // as it was typed, for command lines that are proposed
};

// Exit status. Prints results on stdout, and each error as one line on stderr.
int run_run(const RunArguments& arguments);

}  // namespace daxlab
