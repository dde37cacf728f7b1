// The guessing rule and the other promises about names and text.
#include <gtest/gtest.h>

#include <set>

#include "harness/house/source_tree.h"

namespace daxlab {
namespace {

struct PluginSource {
  std::string file;
  std::string folder;  // fault, write, alloc or hazards
  std::string name;
};

std::vector<PluginSource> plugin_sources() {
  std::vector<PluginSource> sources;
  for (const std::string& file : files_under("plugins")) {
    if (!file.ends_with(".cc") || is_test(file)) continue;
    const std::filesystem::path path(file);
    sources.push_back({file, path.parent_path().filename().string(), path.stem().string()});
  }
  EXPECT_FALSE(sources.empty());
  return sources;
}

TEST(Names, APluginIsWhereItsNameSays) {
  for (const PluginSource& source : plugin_sources()) {
    const std::string text = read_file(source.file);
    const auto declares = [&](const std::string& kind) {
      return contains(text, "DAXLAB_" + kind + "_PLUGIN(" + source.name + ",");
    };
    const bool found = source.folder == "fault"   ? declares("FAULT")
                       : source.folder == "write" ? declares("WRITE")
                       : source.folder == "alloc"
                           ? declares("ALLOC")
                           : source.folder == "hazards" &&
                                 (declares("FAULT") || declares("WRITE") || declares("ALLOC"));
    EXPECT_TRUE(found) << source.file
                       << " declares no plugin of its folder's kind and its own name";
  }
}

TEST(Names, APluginIsBuiltWhereItsNameSays) {
  const std::filesystem::path folder = std::filesystem::path(DAXLAB_BINARY_DIR) / "plugins";
  for (const PluginSource& source : plugin_sources()) {
    EXPECT_TRUE(std::filesystem::is_regular_file(folder / source.folder / (source.name + ".so")))
        << source.file;
  }
}

TEST(Names, TheCoreNamesNoPlugin) {
  for (const std::string& file : files_under("core")) {
    if (!is_code(file) || is_test(file)) continue;
    const std::string text = read_file(file);
    for (const PluginSource& source : plugin_sources()) {
      // "partial" and "atomic" are words of the language too: a plugin's name is a string in code.
      EXPECT_FALSE(contains(text, '"' + source.name + '"')) << file << " names " << source.name;
      EXPECT_FALSE(contains(text, source.name + ".so")) << file << " names " << source.name;
    }
  }
}

TEST(Names, NoFolderIsADrawerForEverything) {
  for (const std::string& file : files_under("")) {
    for (const std::filesystem::path& part : std::filesystem::path(file)) {
      for (const char* word : {"util", "utils", "common", "helpers", "misc"}) {
        EXPECT_NE(part.stem().string(), word) << file;
      }
    }
  }
}

TEST(Names, NothingIsFetchedButDebianPackages) {
  for (const std::string& file : files_under("")) {
    if (file == "README.md" || is_test(file)) continue;  // the README may tell people what to fetch
    const std::string text = read_file(file);
    for (const char* word : {"FetchContent", "ExternalProject", "pip install", "curl ", "wget ",
                             "npm install", "cargo install"}) {
      EXPECT_FALSE(contains(text, word)) << file << " says " << word;
    }
  }
}

// A path of the machine where it was written helps nobody.
TEST(Names, NoFileSpeaksOfOneMachinesFolders) {
  std::vector<std::string> paths = {"/home/", "/Users/", source_folder().string() + "/"};
  // Folders of every Linux machine may be spoken of, also when the checkout is in one.
  const std::set<std::string> everywhere = {"/",    "/tmp", "/var/tmp", "/dev/shm",
                                            "/usr", "/opt", "/mnt",     "/srv"};
  const std::string above = source_folder().parent_path().string();
  if (everywhere.count(above) == 0) paths.push_back(above + "/");
  for (const std::string& file : files_under("")) {
    if (is_test(file)) continue;
    const std::string text = read_file(file);
    for (const std::string& path : paths) {
      EXPECT_FALSE(contains(text, path)) << file << " says " << path;
    }
  }
}

TEST(Names, ScriptsAreExecutableAndStrict) {
  for (const char* script :
       {"harness/quickstart", "harness/test", "harness/soak", ".ci/run", "harness/guest/run",
        "harness/guest/fetch_kernel", "harness/guest/guest", "harness/guest/checks"}) {
    const std::filesystem::perms permissions =
        std::filesystem::status(source_folder() / script).permissions();
    EXPECT_NE(permissions & std::filesystem::perms::owner_exec, std::filesystem::perms::none)
        << script;
    const std::string text = read_file(script);
    EXPECT_TRUE(text.starts_with("#!/usr/bin/env bash\n")) << script;
    EXPECT_TRUE(contains(text, "set -euo pipefail")) << script;
    EXPECT_EQ(run_command(std::string("bash -n ") + script).exit_code, 0) << script;
  }
}

}  // namespace
}  // namespace daxlab
