// What `daxlab check` is told: read by daxlab, and again by the program that checks.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/error_or.h"
#include "harness/commands/shared_options.h"

namespace daxlab {

// Where findings are kept when nobody says where.
inline constexpr const char* default_findings_folder = "findings";

struct CheckArguments {
  std::vector<std::string> configs;         // files; empty with replay
  std::optional<std::string> replay;        // a file
  std::vector<std::string> overrides;       // key=value
  std::string combinations_glob;            // empty: all
  std::vector<std::string> not_for_replay;  // options that were given, and mean nothing with it
  bool list = false;                        // print the names of combinations, check none
  uint64_t seeds = 0;                       // of each policy; 0: as many as the time allows
  std::string time;                         // of each combination, as in YAML; empty: by default
  std::vector<std::string> policies;        // as they were given: names, or lists of names
  std::vector<std::string> judges;          // likewise
  uint64_t first_seed = 1;
  uint64_t pct_depth = 3;
  uint64_t preemptions = 2;
  std::string time_limit = "30s";  // without a sign of life, as in YAML
  uint64_t jobs = 1;
  bool json = false;
  std::optional<std::string> junit;            // a file
  std::string save = default_findings_folder;  // the folder of what is found
  bool save_is_given = false;                  // somebody asked for it
  PluginOptions plugins;
  std::string program;  // as it was typed, for command lines that are proposed
};

CommandTable table_of(CheckArguments& arguments);
// What the targets of the table do not say.
void take_line(const TypedLine& line, CheckArguments& arguments);
// Neither configs nor a replay were given: an error.
std::optional<Error> find_missing_config(const CheckArguments& arguments);

}  // namespace daxlab
