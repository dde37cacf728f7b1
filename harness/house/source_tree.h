// The checkout as text: what the tests about the tree read.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace daxlab {

std::filesystem::path source_folder();
std::filesystem::path daxlab_program();

// Files under a folder of the tree ("core", "" for all), relative to the tree, sorted. Without
// build folders and git's own.
std::vector<std::string> files_under(const std::string& folder);
bool is_code(const std::string& file);  // .h or .cc
bool is_test(
    const std::string& file);  // a test, or what only tests use: "_test" in its name, or house/

// The whole file, or a failed assertion of the running test and "".
std::string read_file(const std::filesystem::path& file);
std::vector<std::string> lines_of(const std::string& text);
bool contains(const std::string& text, const std::string& part);

struct Include {
  std::string name;  // "core/base/counters.h", "vector"
  bool quoted = false;
};
std::vector<Include> includes_of(const std::string& file);

// Fenced blocks of a Markdown file in that language ("sh"), in order.
std::vector<std::string> fenced_blocks(const std::string& file, const std::string& language);

struct CommandOutcome {
  int exit_code = -1;  // -1: did not run, or ended by a signal
  std::string output;  // stdout and stderr
};
// Runs a shell command in the tree's folder.
CommandOutcome run_command(const std::string& command);

// A folder of its own that goes away with it.
class ScratchFolder {
 public:
  ScratchFolder();
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }
  void write(const std::string& name, const std::string& text) const;

 private:
  std::filesystem::path path_;
};

}  // namespace daxlab
