#include "harness/run/baseline_place.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>

#include "core/base/file_system_type.h"
#include "core/base/other_user_test.h"
#include "core/base/owned_descriptor.h"
#include "harness/run/devices_in_use.h"
#include "harness/run/scratch_folder.h"

namespace daxlab {
namespace {

using testing::HasSubstr;

dev_t device_of(const std::filesystem::path& file) {
  struct stat facts {};
  EXPECT_EQ(::stat(file.c_str(), &facts), 0) << file;
  return facts.st_dev;
}

Cell cell_in(const std::filesystem::path& directory, uint64_t region_bytes = 0) {
  Cell cell;
  cell.directory = directory;
  cell.region_bytes = region_bytes;
  return cell;
}

std::string why_not(const Cell& cell, const std::filesystem::path& directory,
                    const std::set<dev_t>& in_use = {}) {
  return prepare_baseline_place(cell, directory, in_use).value_or("");
}

TEST(BaselinePlace, FileSystemsOfTheSystemAndOfOpenFilesAreInUse) {
  EXPECT_TRUE(devices_in_use().contains(device_of("/")));
  EXPECT_TRUE(devices_in_use().contains(device_of(".")));
  const ScratchFolder folder = ScratchFolder::make("/dev/shm").take();
  const std::filesystem::path path = folder.path() / "results";
  const OwnedDescriptor results(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  ASSERT_TRUE(results.is_open());
  EXPECT_TRUE(devices_in_use().contains(device_of(path)));
}

TEST(BaselinePlace, WhatIsInUseIsNotFilled) {
  const ScratchFolder folder = ScratchFolder::make("/var/tmp").take();
  if (is_tmpfs(folder.path())) GTEST_SKIP() << "/var/tmp is a tmpfs";
  const Cell cell = cell_in(folder.path(), 1 << 20);
  EXPECT_THAT(why_not(cell, folder.path(), {device_of(folder.path())}),
              HasSubstr("in use besides; name a folder on one that is not"));
}

// As it takes what is stored to it from memory, without any bound.
TEST(BaselinePlace, AFileSystemThatTellsNoSizeIsNotFilled) {
  SKIP_UNLESS_ROOT();
  const ScratchFolder folder = ScratchFolder::make(testing::TempDir()).take();
  const Cell cell = cell_in(folder.path(), 1 << 20);
  const std::string said = as_user(0, [&]() -> std::string {
    if (::unshare(CLONE_NEWNS) != 0 ||
        ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount("none", folder.path().c_str(), "ramfs", 0, nullptr) != 0) {
      return std::string("skip: cannot mount a ramfs: ") + std::strerror(errno);
    }
    return why_not(cell, folder.path());
  });
  if (said.starts_with("skip:")) GTEST_SKIP() << said;
  EXPECT_THAT(said, HasSubstr("a file system that tells no size"));
}

TEST(BaselinePlace, ATmpfsLargerThanMemoryIsNotMade) {
  if (!is_tmpfs("/dev/shm")) GTEST_SKIP() << "/dev/shm is no tmpfs";
  const Cell cell = cell_in("/dev/shm", uint64_t{1} << 60);
  EXPECT_THAT(why_not(cell, "/dev/shm"), HasSubstr("emulated in memory, of which"));
}

// Newer kernels open files of tmpfs with O_DIRECT, and use the page cache all the same.
TEST(BaselinePlace, TmpfsHasNoDirectIo) {
  if (!is_tmpfs("/dev/shm")) GTEST_SKIP() << "/dev/shm is no tmpfs";
  const ScratchFolder folder = ScratchFolder::make("/dev/shm").take();
  Cell cell = cell_in(folder.path());
  cell.io = IoKind::direct;
  EXPECT_THAT(why_not(cell, folder.path()), HasSubstr("no direct I/O; take io: buffered"));
}

}  // namespace
}  // namespace daxlab
