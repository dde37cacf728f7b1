#include "harness/run/scratch_folder.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

namespace daxlab {
namespace {

size_t entries_of(const std::filesystem::path& folder) {
  return static_cast<size_t>(std::distance(std::filesystem::directory_iterator(folder), {}));
}

TEST(ScratchFolder, GoesWithAllThatIsInIt) {
  const ScratchFolder above = ScratchFolder::make(testing::TempDir()).take();
  {
    const ScratchFolder folder = ScratchFolder::make(above.path()).take();
    std::filesystem::create_directories(folder.path() / "a" / "b");
    std::ofstream(folder.path() / "a" / "file") << "text";
    EXPECT_EQ(entries_of(above.path()), 1u);
  }
  EXPECT_EQ(entries_of(above.path()), 0u);
}

TEST(ScratchFolder, WhatAKilledOwnerLeftGoesWithTheNextAndWhatIsInUseStays) {
  const ScratchFolder above = ScratchFolder::make(testing::TempDir()).take();
  const pid_t owner = fork();
  ASSERT_GE(owner, 0);
  if (owner == 0) {
    const auto folder = ScratchFolder::make(above.path());
    if (folder.ok()) std::ofstream(folder.value().path() / "file") << "text";
    raise(SIGKILL);
  }
  ASSERT_EQ(waitpid(owner, nullptr, 0), owner);
  EXPECT_EQ(entries_of(above.path()), 1u);
  std::filesystem::create_directory(above.path() / "of somebody else");
  const ScratchFolder first = ScratchFolder::make(above.path()).take();
  EXPECT_EQ(entries_of(above.path()), 2u);
  const ScratchFolder second = ScratchFolder::make(above.path()).take();
  EXPECT_TRUE(std::filesystem::exists(first.path()));
  EXPECT_EQ(entries_of(above.path()), 3u);
}

TEST(ScratchFolder, AFolderThatIsNotThereIsAnError) {
  const auto folder = ScratchFolder::make("/no/such/folder");
  ASSERT_FALSE(folder.ok());
  EXPECT_EQ(folder.error().message,
            "making a folder in /no/such/folder: No such file or directory");
}

}  // namespace
}  // namespace daxlab
