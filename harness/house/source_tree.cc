#include "harness/house/source_tree.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <sstream>

namespace daxlab {

std::filesystem::path source_folder() { return DAXLAB_SOURCE_DIR; }
std::filesystem::path daxlab_program() {
  return std::filesystem::path(DAXLAB_BINARY_DIR) / "bin/daxlab";
}

std::vector<std::string> files_under(const std::string& folder) {
  std::vector<std::string> files;
  const std::filesystem::path start = source_folder() / folder;
  for (std::filesystem::recursive_directory_iterator entry(start), end; entry != end; ++entry) {
    const std::string name = entry->path().filename().string();
    const bool skipped = name == ".git" || name == "build" || name == "__pycache__";
    if (entry->is_directory() && skipped) entry.disable_recursion_pending();
    if (entry->is_regular_file() && !name.ends_with(".swp") && name != ".git") {
      files.push_back(entry->path().lexically_relative(source_folder()).string());
    }
  }
  std::sort(files.begin(), files.end());
  EXPECT_FALSE(files.empty()) << "no files under " << start;
  return files;
}

bool is_code(const std::string& file) { return file.ends_with(".h") || file.ends_with(".cc"); }

bool is_test(const std::string& file) {
  const std::string name = std::filesystem::path(file).filename().string();
  return contains(name, "_test") || name.starts_with("test_") || file.starts_with("harness/house/");
}

std::string read_file(const std::filesystem::path& file) {
  std::ifstream stream(source_folder() / file, std::ios::binary);
  EXPECT_TRUE(stream.good()) << "cannot read " << file;
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::vector<Include> includes_of(const std::string& file) {
  std::vector<Include> includes;
  for (const std::string& line : lines_of(read_file(file))) {
    const size_t hash = line.find_first_not_of(" \t");
    if (hash == std::string::npos || line[hash] != '#') continue;
    const size_t word = line.find_first_not_of(" \t", hash + 1);
    if (word == std::string::npos || line.compare(word, 7, "include") != 0) continue;
    const size_t open = line.find_first_of("<\"", word);
    if (open == std::string::npos) continue;
    const char closing = line[open] == '<' ? '>' : '"';
    const size_t close = line.find(closing, open + 1);
    if (close == std::string::npos) continue;
    includes.push_back({line.substr(open + 1, close - open - 1), closing == '"'});
  }
  return includes;
}

std::vector<std::string> fenced_blocks(const std::string& file, const std::string& language) {
  std::vector<std::string> blocks;
  bool inside = false, wanted = false;
  for (const std::string& line : lines_of(read_file(file))) {
    if (line.starts_with("```")) {
      inside = !inside;
      wanted = inside && line == "```" + language;
      if (wanted) blocks.emplace_back();
    } else if (wanted) {
      blocks.back() += line + "\n";
    }
  }
  EXPECT_FALSE(inside) << file << ": a fenced block is not closed";
  return blocks;
}

CommandOutcome run_command(const std::string& command) {
  CommandOutcome outcome;
  const std::string line = "cd '" + source_folder().string() + "' && { " + command + "\n} 2>&1";
  FILE* pipe = popen(line.c_str(), "r");
  if (pipe == nullptr) return outcome;
  std::array<char, 4096> buffer;
  for (size_t got; (got = fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) {
    outcome.output.append(buffer.data(), got);
  }
  const int status = pclose(pipe);
  if (WIFEXITED(status)) outcome.exit_code = WEXITSTATUS(status);
  return outcome;
}

ScratchFolder::ScratchFolder() {
  std::string pattern = testing::TempDir() + "daxlab_house_XXXXXX";
  EXPECT_NE(mkdtemp(pattern.data()), nullptr) << pattern;
  path_ = pattern;
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;  // what stays is in a folder for temporary files
  std::filesystem::remove_all(path_, ignored);
}

void ScratchFolder::write(const std::string& name, const std::string& text) const {
  std::ofstream stream(path_ / name);
  stream << text;
  EXPECT_TRUE(stream.flush().good()) << path_ / name;
}

}  // namespace daxlab
