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
  std::vector<std::string> cells_globs;
  bool list_cells = false;
  bool force = false;  // make regions also over files that are none
  bool no_userfaultfd = false;
  uint64_t jobs = 1;
  std::optional<std::string> resume;                  // its word: "" or "mixed"
  std::optional<std::string> shard;                   // "2/4"
  std::optional<std::string> failed;                  // run what has failed in this file again
  std::optional<std::string> out, csv, junit, trace;  // files
  std::optional<std::string> against;                 // the folder of another build's programs
  std::optional<std::string> expect;                  // a file of expected counters
  bool update = false;                                // writes it
  std::string columns;                                // more of them in the tables: "p999,max"
  PluginOptions plugins;
  std::string program;  // as it was typed, for command lines that are proposed
};

// Exit status. Prints results on stdout, and each error as one line on stderr.
int run_run(const RunArguments& arguments);

}  // namespace daxlab
