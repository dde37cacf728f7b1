#include "core/region/medium.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>

#include "core/region/superblock.h"

namespace daxlab {
namespace {

class FileMedium : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "daxlab_medium_XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    path_ = folder_ / "region";
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string error_of(ErrorOr<Medium> medium) {
    return medium.ok() ? "no error" : medium.error().message;
  }

  std::filesystem::path folder_, path_;
};

TEST_F(FileMedium, KeepsWhatWasStored) {
  {
    Medium medium = Medium::create_file(path_, min_region_bytes).take();
    EXPECT_EQ(medium.bytes().size(), min_region_bytes);
    EXPECT_EQ(medium.kind(), MediumKind::file);
    medium.bytes()[5000] = std::byte{7};
  }
  Medium again = Medium::open(path_, Access::read_write).take();
  ASSERT_EQ(again.bytes().size(), min_region_bytes);
  EXPECT_EQ(again.bytes()[5000], std::byte{7});
  EXPECT_EQ(again.bytes()[5001], std::byte{0});
}

TEST_F(FileMedium, HasAllOfItsSpace) {
  Medium medium = Medium::create_file(path_, 1 << 20).take();
  struct stat status {};
  ASSERT_EQ(stat(path_.c_str(), &status), 0);
  EXPECT_GE(status.st_blocks * 512, 1 << 20);
  EXPECT_EQ(status.st_mode & 0077, 0u) << "nobody else's business";
}

TEST_F(FileMedium, StoresToAReadOnlyOneStayHere) {
  ASSERT_TRUE(Medium::create_file(path_, min_region_bytes).ok());
  {
    Medium medium = Medium::open(path_, Access::read_only).take();
    medium.bytes()[0] = std::byte{9};
    EXPECT_EQ(medium.bytes()[0], std::byte{9});
  }
  EXPECT_EQ(Medium::open(path_, Access::read_only).take().bytes()[0], std::byte{0});
}

TEST_F(FileMedium, OneWriterOrManyReaders) {
  const std::string in_use =
      path_.string() + ": in use by another process; wait for it or end it, then try again";
  {
    Medium writer = Medium::create_file(path_, min_region_bytes).take();
    EXPECT_EQ(error_of(Medium::open(path_, Access::read_write)), in_use);
    EXPECT_EQ(error_of(Medium::open(path_, Access::read_only)), in_use);
  }
  Medium reader = Medium::open(path_, Access::read_only).take();
  EXPECT_TRUE(Medium::open(path_, Access::read_only).ok());
  EXPECT_EQ(error_of(Medium::open(path_, Access::read_write)), in_use);
}

TEST_F(FileMedium, CreatesNothingOverAFile) {
  std::ofstream(path_) << "precious";
  EXPECT_EQ(error_of(Medium::create_file(path_, min_region_bytes)),
            path_.string() + ": File exists");
  std::string text;
  std::ifstream(path_) >> text;
  EXPECT_EQ(text, "precious");
}

TEST_F(FileMedium, LeavesNoFileWhenItCannotHaveTheSpace) {
  EXPECT_EQ(
      error_of(Medium::create_file(path_, 1000)),
      "region size of 1000 bytes: give a multiple of 4 KiB, at least 64 KiB and at most 4 TiB");
  EXPECT_FALSE(std::filesystem::exists(path_));
  // A limit of this process stands in for a full disk.
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  rlimit small = {.rlim_cur = 4096, .rlim_max = before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  const std::string error = error_of(Medium::create_file(path_, min_region_bytes));
  const std::string in_memory = error_of(Medium::make_memfd(min_region_bytes));
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
  EXPECT_EQ(error, path_.string() +
                       ": growing it to 65536 bytes: File too large: RLIMIT_FSIZE = 4 KiB; raise "
                       "it (ulimit -f), or ask for less");
  EXPECT_EQ(in_memory,
            "region in a memfd: growing it to 65536 bytes: File too large: RLIMIT_FSIZE "
            "= 4 KiB; raise it (ulimit -f), or ask for less");
  EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(FileMedium, EmptiedHasTheNewSizeInZeros) {
  Medium medium = Medium::create_file(path_, min_region_bytes).take();
  medium.bytes()[1] = std::byte{1};
  Medium larger = std::move(medium).emptied(2 * min_region_bytes).take();
  ASSERT_EQ(larger.bytes().size(), 2 * min_region_bytes);
  EXPECT_EQ(larger.bytes()[1], std::byte{0});
  EXPECT_EQ(std::filesystem::file_size(path_), 2 * min_region_bytes);
  EXPECT_FALSE(Medium::open(path_, Access::read_only).ok()) << "the lock went along";
}

TEST_F(FileMedium, EmptiedLeavesBadBlocksAlone) {
  constexpr uint64_t blocks = min_region_bytes / block_bytes;
  for (const BadBlocks& bad : {BadBlocks({0, 3, 4, blocks - 1}), BadBlocks({1, blocks}),
                               BadBlocks({blocks - 2}), BadBlocks()}) {
    std::ofstream(path_) << std::string(min_region_bytes + 1000, 'x');
    Medium medium = Medium::open(path_, Access::read_write).take();
    const Medium emptied = std::move(medium).emptied(2 * min_region_bytes, bad).take();
    for (uint64_t block = 0; block < 2 * blocks; ++block) {
      const std::byte left = bad.has(block) ? std::byte{'x'} : std::byte{};
      EXPECT_EQ(emptied.bytes()[block * block_bytes], left) << block;
      EXPECT_EQ(emptied.bytes()[block * block_bytes + 999], left) << block;
    }
  }
}

TEST_F(FileMedium, OpensOnlyPlainFilesAndPersistentMemory) {
  EXPECT_EQ(error_of(Medium::open(path_, Access::read_write)),
            path_.string() + ": No such file or directory");
  EXPECT_EQ(error_of(Medium::open(folder_, Access::read_only)),
            folder_.string() + ": a folder; give the path of a file");
  EXPECT_EQ(error_of(Medium::open("/dev/null", Access::read_write)),
            "/dev/null: a device, but none of persistent memory; give the path of one, such as "
            "/dev/dax0.0, or of a plain file");
  ASSERT_EQ(mkfifo(path_.c_str(), 0600), 0);
  EXPECT_EQ(error_of(Medium::open(path_, Access::read_only)),
            path_.string() + ": a pipe or socket; give the path of a plain file");
}

TEST(Medium, OverMemoryOfTheCaller) {
  alignas(64) std::byte memory[128] = {};
  {
    Medium medium = Medium::over(memory);
    EXPECT_EQ(medium.descriptor(), -1);
    medium.bytes()[3] = std::byte{3};
  }
  EXPECT_EQ(memory[3], std::byte{3});
}

}  // namespace
}  // namespace daxlab
