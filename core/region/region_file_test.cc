// What is opened, and what is refused.
#include "core/region/region_file_test.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <span>
#include <string>

#include "core/region/checksum.h"

namespace daxlab {
namespace {

TEST_F(RegionFiles, AnotherSizeIsRefused) {
  uuid_of_made();
  for (CreateRegion create : {CreateRegion::never, CreateRegion::if_missing}) {
    expect_says(error_of(create, 2 * small_bytes),
                "the region has 65536 bytes, 131072 were asked for");
  }
  EXPECT_EQ(error_of(CreateRegion::never, 0), "");
}

TEST_F(RegionFiles, ATruncatedRegionIsNamedAsSuch) {
  uuid_of_made(4 * small_bytes);
  fs::resize_file(path_, 2 * small_bytes);
  for (CreateRegion create : {CreateRegion::never, CreateRegion::if_missing}) {
    expect_says(error_of(create, 4 * small_bytes), "only 131072 bytes are there");
  }
  expect_says(error_of_reading(), "only 131072 bytes are there");
  EXPECT_EQ(fs::file_size(path_), 2 * small_bytes);
}

TEST_F(RegionFiles, ANewerVersionIsRefused) {
  uuid_of_made();
  {
    std::string bytes = contents();
    for (size_t at : {size_t{0}, bytes.size() - block_bytes}) {
      Superblock superblock = make_superblock(small_bytes / block_bytes);
      superblock.version = format_version + 1;
      superblock.checksum = checksum_of(
          std::as_bytes(std::span(&superblock, 1)).first(offsetof(Superblock, checksum)));
      std::memcpy(bytes.data() + at, &superblock, sizeof superblock);
    }
    write(bytes);
  }
  std::string before = contents();
  for (CreateRegion create : {CreateRegion::never, CreateRegion::if_missing}) {
    expect_says(error_of(create), "use a newer daxlab");
    expect_says(error_of(create, small_bytes, true), "use a newer daxlab");
  }
  EXPECT_EQ(contents(), before);
}

TEST_F(RegionFiles, WhatIsNoPlainFileIsRefused) {
  fs::path file = path_;
  path_ = folder_;
  expect_says(error_of(CreateRegion::if_missing), "a folder; give the path of a file");
  expect_says(error_of_reading(), "a folder; give the path of a file");
  path_ = "/dev/null";
  expect_says(error_of(CreateRegion::always, small_bytes, true), "none of persistent memory");
  path_ = folder_ / "pipe";
  ASSERT_EQ(mkfifo(path_.c_str(), 0600), 0);
  expect_says(error_of(CreateRegion::if_missing), "a pipe or socket");
  expect_says(error_of_reading(), "a pipe or socket");
  path_ = folder_ / "no_such_folder" / "lab.pmem";
  expect_says(error_of(CreateRegion::if_missing),
              "there is no folder " + path_.parent_path().string());
  path_ = file;
  write("x");
  path_ = file / "below_a_file";
  EXPECT_NE(error_of(CreateRegion::if_missing), "");
}

TEST_F(RegionFiles, OneUserAtATimeUnlessAllRead) {
  uuid_of_made();
  {
    auto user = open(CreateRegion::never);
    ASSERT_TRUE(user.ok());
    for (CreateRegion create :
         {CreateRegion::never, CreateRegion::if_missing, CreateRegion::always}) {
      expect_says(error_of(create), "in use by another process");
      expect_says(error_of(create, small_bytes, true), "in use by another process");
    }
    expect_says(error_of_reading(), "in use by another process");
  }
  auto reader = read_region_file(path_, counters_);
  ASSERT_TRUE(reader.ok());
  EXPECT_EQ(error_of_reading(), "");
  expect_says(error_of(CreateRegion::never), "in use by another process");
  expect_says(error_of(CreateRegion::always), "in use by another process");
}

TEST_F(RegionFiles, AReadersStoresStayWithIt) {
  uuid_of_made();
  std::string before = contents();
  {
    auto reader = read_region_file(path_, counters_);
    ASSERT_TRUE(reader.ok());
    Region& region = *reader.value();
    EXPECT_TRUE(region.is_read_only());
    region.persist().zero(region.address_of(0), region.blocks() * block_bytes);
    region.persist().fence();
  }
  EXPECT_EQ(contents(), before);
}

TEST_F(RegionFiles, OneThatMayNotBeReadOrWrittenSaysSo) {
  uuid_of_made();
  ASSERT_EQ(chmod(folder_.c_str(), 0755), 0);
  ASSERT_EQ(chmod(path_.c_str(), 0), 0);
  const uid_t me = geteuid();
  constexpr uid_t nobody = 65534;
  if (me == 0) {  // who may read everything
    ASSERT_EQ(seteuid(nobody), 0);
  }
  const std::string opened = error_of(CreateRegion::never);
  const std::string read = error_of_reading();
  if (me == 0) {
    ASSERT_EQ(seteuid(me), 0);
  }
  expect_says(opened, "Permission denied");
  expect_says(read, "Permission denied");
}

// As a sparse copy has them: a store to one could be a bus error at any time.
TEST_F(RegionFiles, HolesGetTheirSpaceBeforeAnybodyStores) {
  const std::string uuid = uuid_of_made(1 << 20);
  const int descriptor = ::open(path_.c_str(), O_RDWR);
  ASSERT_GE(descriptor, 0);
  ASSERT_EQ(fallocate(descriptor, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 1 << 18, 1 << 18), 0);
  close(descriptor);
  struct stat facts {};
  ASSERT_EQ(stat(path_.c_str(), &facts), 0);
  ASSERT_LT(facts.st_blocks * 512, 1 << 20);
  EXPECT_EQ(error_of_reading(), "");
  ASSERT_EQ(stat(path_.c_str(), &facts), 0);
  EXPECT_LT(facts.st_blocks * 512, 1 << 20) << "reading takes nothing";
  EXPECT_EQ(uuid_there(), uuid);
  ASSERT_EQ(stat(path_.c_str(), &facts), 0);
  EXPECT_GE(facts.st_blocks * 512, 1 << 20);
}

}  // namespace
}  // namespace daxlab
