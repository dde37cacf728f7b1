// For tests: makes shared objects, good and bad, with the compiler of the build, in a folder of its
// own that goes with it.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/registry/plugin_description.h"

namespace daxlab {

class PluginWorkshop {
 public:
  PluginWorkshop();
  ~PluginWorkshop();
  PluginWorkshop(const PluginWorkshop&) = delete;
  PluginWorkshop& operator=(const PluginWorkshop&) = delete;

  const std::filesystem::path& folder() const { return folder_; }
  // Where a constructor of `with_marker` leaves a trace.
  bool code_has_run() const;
  void forget_marker() const;

  // Compiles `source` to `file` (relative to the folder) with `flags` and the given include folder;
  // the test fails with the compiler's output when that fails.
  std::filesystem::path build(std::string_view file, std::string_view source,
                              const std::vector<std::string>& flags = shared_flags(),
                              const std::filesystem::path& include = sdk(),
                              const std::string& by = compiler()) const;
  static std::vector<std::string> shared_flags();
  static std::filesystem::path sdk();
  static std::string compiler();

  // Sources. A plugin that works, under that name; `before` stands in front of its declaration.
  static std::string source_of(PluginKind kind, std::string_view name,
                               std::string_view before = "");
  // A constructor of a global that runs `statements` at load.
  static std::string at_load(std::string_view statements);
  // One that leaves the marker and does nothing else.
  static std::string with_marker();

 private:
  std::filesystem::path folder_;
};

// Runs a program found as execvp does; its output, both kinds. The test fails unless it exits with
// 0.
void run_program(const std::vector<std::string>& words);

std::vector<char> read_bytes(const std::filesystem::path& file);
void write_bytes(const std::filesystem::path& file, const std::vector<char>& bytes);

}  // namespace daxlab
