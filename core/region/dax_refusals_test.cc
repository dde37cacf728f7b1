// What cannot be fsdax or devdax, and is left alone then. No persistent memory is needed.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "core/region/fsdax_file.h"
#include "core/region/region_file_test.h"

namespace daxlab {
namespace {

using testing::HasSubstr;

class DaxRefusals : public RegionFiles {
 protected:
  std::string error_of_medium(MediumKind medium, const std::string& path,
                              CreateRegion create = CreateRegion::if_missing, bool force = true) {
    const auto region = open_region_file({.path = path,
                                          .medium = medium,
                                          .size_bytes = small_bytes,
                                          .create = create,
                                          .force = force},
                                         counters_);
    return region.ok() ? "no error" : region.error().message;
  }
};

TEST_F(DaxRefusals, AFileWithoutDaxIsNotMade) {
  for (const std::string& path : {path_.string(), "/dev/shm/" + folder_.filename().string()}) {
    const std::string said = error_of_medium(MediumKind::fsdax, path);
    EXPECT_THAT(said, HasSubstr(path + ": its file system ("));
    EXPECT_THAT(said, HasSubstr(") maps it without DAX; "));
    EXPECT_THAT(said, HasSubstr(", or take medium file"));
    EXPECT_FALSE(fs::exists(path));
  }
}

TEST_F(DaxRefusals, AFileWithoutDaxIsLeftAsItIs) {
  write("something else");
  EXPECT_THAT(error_of_medium(MediumKind::fsdax, path_), HasSubstr("maps it without DAX"));
  EXPECT_EQ(contents(), "something else");
  fs::remove(path_);
  uuid_of_made();
  EXPECT_THAT(error_of_medium(MediumKind::fsdax, path_, CreateRegion::never),
              HasSubstr("maps it without DAX"));
}

TEST_F(DaxRefusals, WithoutAWishAFileWithoutDaxIsAFile) {
  const auto region = open(CreateRegion::if_missing);
  ASSERT_TRUE(region.ok()) << region.error().message;
  EXPECT_EQ(region.value()->medium().kind(), MediumKind::file);
  EXPECT_FALSE(is_fsdax(region.value()->descriptor()));
}

TEST_F(DaxRefusals, DevdaxTakesDevicesOfPersistentMemoryOnly) {
  write("text");
  expect_says(error_of_medium(MediumKind::devdax, path_),
              "a plain file; medium devdax takes a character device such as /dev/dax0.0");
  EXPECT_EQ(contents(), "text");
  EXPECT_EQ(error_of_medium(MediumKind::devdax, folder_),
            folder_.string() + ": a folder; give the path of a device");
  EXPECT_THAT(error_of_medium(MediumKind::devdax, "/dev/null"),
              HasSubstr("/dev/null: a device, but none of persistent memory"));
  EXPECT_EQ(error_of_medium(MediumKind::fsdax, "/dev/null"),
            "/dev/null: a device; medium fsdax takes a plain file, a device of persistent memory "
            "is medium devdax");
}

TEST_F(DaxRefusals, AnAbsentDeviceIsNotMadeAsAFile) {
  expect_says(error_of_medium(MediumKind::devdax, path_),
              "there is no such device; make one of a namespace");
  EXPECT_FALSE(fs::exists(path_));
  const auto made = create_region_file("/dev/dax77.7", small_bytes, true, counters_);
  ASSERT_FALSE(made.ok());
  EXPECT_THAT(made.error().message, HasSubstr("/dev/dax77.7: there is no such device"));
}

// By its type alone: few machines that run tests have one.
TEST_F(DaxRefusals, ABlockDeviceIsToldFromTheOneThatIsMeant) {
  struct stat block {};
  block.st_mode = S_IFBLK;
  block.st_rdev = makedev(259, 77);
  for (const std::optional<MediumKind> wanted :
       {std::optional<MediumKind>(), std::optional(MediumKind::devdax),
        std::optional(MediumKind::fsdax)}) {
    const auto error = check_type("/dev/pmem0", block, wanted);
    ASSERT_TRUE(error);
    EXPECT_EQ(error->message,
              "/dev/pmem0: a block device; medium fsdax takes a file on it, medium devdax the "
              "character device that this makes of it, and what is on it is lost: ndctl "
              "create-namespace -f -e NAMESPACE -m devdax --align 4096");
  }
}

// Of the file system below the folder for temporary files, whichever it is.
TEST_F(DaxRefusals, WhatIsUnwrittenIsWrittenWithoutAChange) {
  uuid_of_made(1 << 20);
  const OwnedDescriptor file(::open(path_.c_str(), O_RDWR));
  if (!physical_extents(file.number(), 1 << 20, path_).ok()) {
    GTEST_SKIP() << "this file system tells no extents";
  }
  ASSERT_EQ(ftruncate(file.number(), 3 << 20), 0);
  if (fallocate(file.number(), 0, 1 << 20, 2 << 20) != 0)
    GTEST_SKIP() << "nor has it unwritten ones";
  const std::string before = contents();
  EXPECT_FALSE(write_unwritten(file.number(), 2 << 20, path_));
  const auto extents = physical_extents(file.number(), 2 << 20, path_);
  ASSERT_TRUE(extents.ok()) << extents.error().message;
  for (const PhysicalExtent& extent : extents.value()) {
    EXPECT_TRUE(!extent.is_unwritten || extent.offset_bytes >= 2 << 20) << extent.offset_bytes;
  }
  EXPECT_EQ(contents(), before);
}

}  // namespace
}  // namespace daxlab
