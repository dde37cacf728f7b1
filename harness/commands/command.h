// The subcommands of daxlab, and what each is told: one file each, which says what its command line
// looks like, too (command_line.h).
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/registry/registry.h"

namespace daxlab {

// What a command returns becomes the exit status.
inline constexpr int exit_passed = 0;
inline constexpr int exit_failed = 1;  // a cell failed, or what was asked for could not be done
inline constexpr int exit_usage = 2;   // a wrong command line or config; nothing was run
inline constexpr int exit_interrupted = 130;

struct RunArguments {
  std::vector<std::filesystem::path> configs;        // empty with from_result
  std::optional<std::filesystem::path> from_result;  // run the cells of this file again
  std::vector<std::string> overrides;                // key=value
  std::string cells_glob;                            // empty: all
  bool list_cells = false;
  bool force = false;  // make regions also over files that are none
  uint64_t jobs = 1;
  bool resume = false;
  std::optional<std::filesystem::path> out, csv;
  SearchPath search_path;
  // As they were typed, for command lines that are proposed.
  std::string program;
  std::vector<std::filesystem::path> plugin_paths;
};

struct ValidateArguments {
  std::vector<std::filesystem::path> configs;
  std::vector<std::string> overrides;
  SearchPath search_path;
};

struct ListArguments {
  bool json = false;
  bool hazards = false;
  SearchPath search_path;
};

struct SoakArguments {
  std::vector<std::filesystem::path> configs;
  std::vector<std::string> overrides;
  std::string cells_glob;  // empty: all
  std::string time;        // as in YAML: 10min
  uint64_t seed = 1;
  SearchPath search_path;
};

struct ConformanceArguments {
  std::string kind;                  // as it was given: fault, write or alloc
  std::string name;                  // of the plugin
  std::vector<std::string> options;  // key=value, as in YAML
  std::string checks_glob;           // empty: all
  std::string time_limit = "120s";   // of each check, as in YAML
  uint64_t seed = 1;
  bool json = false;
  std::vector<std::filesystem::path> plugin_paths;  // as given, to say how to repeat a check
  SearchPath search_path;
};

struct CheckArguments {
  std::vector<std::filesystem::path> configs;  // empty with replay
  std::optional<std::filesystem::path> replay;
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
  std::filesystem::path save;  // the folder of what is found
  SearchPath search_path;
  // As they were typed, for command lines that are proposed.
  std::string program;
  std::vector<std::filesystem::path> plugin_paths;
};

struct RegionCreateArguments {
  std::filesystem::path path;
  std::string size;    // as in YAML: 64MiB
  bool force = false;  // also over a region, or what is none
};

struct RegionInfoArguments {
  std::filesystem::path path;
  bool json = false;
};

struct RegionFsckArguments {
  std::filesystem::path path;
  bool repair = false;
  bool json = false;
};

// Each prints its result on stdout, and each error as one line "daxlab COMMAND: ..." on stderr.
int run_run(const RunArguments& arguments);
int run_validate(const ValidateArguments& arguments);
int run_list(const ListArguments& arguments);
int run_schema(const SearchPath& search_path);
int run_doctor(bool json);
int run_soak(const SoakArguments& arguments);
int run_conformance(const ConformanceArguments& arguments);
int run_check(const CheckArguments& arguments);
int run_region_create(const RegionCreateArguments& arguments);
int run_region_info(const std::filesystem::path& path, bool json);
int run_region_fsck(const RegionFsckArguments& arguments);

}  // namespace daxlab
