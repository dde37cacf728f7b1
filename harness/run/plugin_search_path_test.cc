#include "harness/run/plugin_search_path.h"

#include <gtest/gtest.h>

#include "harness/run/scratch_folder.h"

namespace daxlab {
namespace {

using Folders = std::vector<std::filesystem::path>;

TEST(PluginSearchPath, GivenThenEnvironmentThenBesideTheProgram) {
  const auto prefix = ScratchFolder::make(testing::TempDir()).take();
  const auto built = prefix.path() / "plugins";
  std::filesystem::create_directories(built);
  const SearchPath path = plugin_search_path(
      {"/given/a", "b"}, ":/env/a::env b:", prefix.path() / "bin" / "daxlab", true);
  EXPECT_EQ(path.folders, (Folders{"/given/a", "b", "/env/a", "env b", built}));
  EXPECT_TRUE(path.allow_writable);
}

TEST(PluginSearchPath, LeavesOutFoldersOfItsOwnThatAreNotThere) {
  const auto prefix = ScratchFolder::make(testing::TempDir()).take();
  const SearchPath path = plugin_search_path({}, nullptr, prefix.path() / "bin" / "daxlab", false);
  EXPECT_TRUE(path.folders.empty());
  EXPECT_FALSE(path.allow_writable);
}

}  // namespace
}  // namespace daxlab
