// How the subcommands of daxlab say what their command lines look like. Each fills its arguments,
// and leaves behind what is to be run.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "core/registry/registry.h"

namespace daxlab {

struct CommandLine {
  std::string program;  // as it was typed
  // Of add_plugin_options.
  std::vector<std::filesystem::path> plugin_paths;
  bool allow_writable = false;
  // Of the subcommand that was parsed; its result is the exit status.
  std::function<int()> chosen;

  SearchPath search_path() const;
};

// Each adds a subcommand. `line` outlives the parser, and what is chosen.
void add_run_command(CLI::App& app, CommandLine& line);
void add_check_command(CLI::App& app, CommandLine& line);
void add_validate_command(CLI::App& app, CommandLine& line);
void add_list_command(CLI::App& app, CommandLine& line);
void add_schema_command(CLI::App& app, CommandLine& line);
void add_doctor_command(CLI::App& app, CommandLine& line);
void add_soak_command(CLI::App& app, CommandLine& line);
void add_conformance_command(CLI::App& app, CommandLine& line);
void add_region_command(CLI::App& app, CommandLine& line);
// Subcommands of `region`.
void add_region_create_command(CLI::App& region, CommandLine& line);
void add_region_info_command(CLI::App& region, CommandLine& line);
void add_region_fsck_command(CLI::App& region, CommandLine& line);

// What was wrong with the command line, and where to read how it is: one or two lines, with their
// ends. Of the parser that has thrown `error`, when it is not just --help.
std::string usage_error_text(const CLI::App& app, const CLI::Error& error);

// What several have in common.
void add_plugin_options(CLI::App& command, CommandLine& line);
void add_config_options(CLI::App& command, std::vector<std::filesystem::path>& configs,
                        std::vector<std::string>& overrides, bool required = true);
void add_region_path(CLI::App& command, std::filesystem::path& path);
// An option that may be given several times, each time with one value.
CLI::Option& add_list_option(CLI::App& command, const std::string& option,
                             std::vector<std::string>& values, const std::string& help,
                             const std::string& type_name);

}  // namespace daxlab
