// What is made, and above all what is left alone.
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <latch>
#include <string>
#include <thread>

#include "core/region/region_file_test.h"

namespace daxlab {
namespace {

TEST_F(RegionFiles, NeverWantsOneThatIsThere) {
  expect_says(error_of(CreateRegion::never), "no such file; make one with: daxlab region create");
  expect_says(error_of_reading(), "no such file; make one with: daxlab region create");
  EXPECT_FALSE(fs::exists(path_));
  std::string uuid = uuid_of_made();
  EXPECT_EQ(uuid_there(), uuid);
}

TEST_F(RegionFiles, IfMissingMakesOneOnce) {
  std::string uuid;
  for (int round = 0; round < 2; ++round) {
    auto region = open(CreateRegion::if_missing);
    ASSERT_TRUE(region.ok()) << region.error().message;
    EXPECT_EQ(region.value()->blocks() * block_bytes, small_bytes);
    EXPECT_FALSE(region.value()->is_read_only());
    EXPECT_EQ(region.value()->medium().kind(), MediumKind::file);
    EXPECT_GE(region.value()->descriptor(), 0);
    if (round == 0) uuid = uuid_text(region.value()->superblock());
    EXPECT_EQ(uuid_text(region.value()->superblock()), uuid);
  }
  EXPECT_EQ(fs::file_size(path_), small_bytes);
  struct stat status;
  ASSERT_EQ(stat(path_.c_str(), &status), 0);
  EXPECT_GE(static_cast<uint64_t>(status.st_blocks) * 512, small_bytes);  // no space to run out of
}

TEST_F(RegionFiles, AlwaysMakesItAnewAlsoInAnotherSize) {
  std::string first = uuid_of_made();
  std::string larger = uuid_of_made(4 * small_bytes);
  EXPECT_NE(larger, first);
  EXPECT_EQ(fs::file_size(path_), 4 * small_bytes);
  std::string smaller = uuid_of_made(2 * small_bytes);
  EXPECT_NE(smaller, larger);
  EXPECT_EQ(fs::file_size(path_), 2 * small_bytes);
  EXPECT_EQ(uuid_there(), smaller);
}

TEST_F(RegionFiles, AnEmptyFileIsNoRegionEither) {
  write("");
  const std::string empty = "not a daxlab region (0 bytes; it is empty); give ";
  for (CreateRegion create : {CreateRegion::if_missing, CreateRegion::always}) {
    expect_says(error_of(create), empty + "another path, or --force");
  }
  expect_says(error_of(CreateRegion::never), empty + "the path of one");
  expect_says(error_of_reading(), empty);
  EXPECT_EQ(fs::file_size(path_), 0u);
  EXPECT_EQ(error_of(CreateRegion::if_missing, small_bytes, true), "");
  EXPECT_EQ(fs::file_size(path_), small_bytes);
  write("");
  EXPECT_EQ(error_of(CreateRegion::always, small_bytes, true), "");
}

TEST_F(RegionFiles, WhatIsNoRegionIsLeftAloneWithoutForce) {
  const std::string texts[] = {"dear diary,\n" + std::string(100'000, 'x'), "short",
                               std::string(100'000, '\0'),
                               "\x7f"
                               "ELF\x02" +
                                   std::string(70'000, '\1')};
  const std::string says[] = {"starts with the text 'dear diary, xxx", "(5 bytes; it starts",
                              "starts with zeros", "starts with 7f 45 4c 46 02 01"};
  for (size_t i = 0; i < std::size(texts); ++i) {
    write(texts[i]);
    for (CreateRegion create : {CreateRegion::if_missing, CreateRegion::always}) {
      expect_says(error_of(create), "not a daxlab region");
      expect_says(error_of(create), says[i]);
      expect_says(error_of(create), "--force");
    }
    // Nothing is made, so that nothing is overwritten, whatever is forced.
    expect_says(error_of(CreateRegion::never, 0, true), "not a daxlab region");
    expect_says(error_of_reading(), says[i]);
    EXPECT_EQ(contents(), texts[i]);
  }
  EXPECT_EQ(error_of(CreateRegion::if_missing, small_bytes, true), "");
  EXPECT_EQ(fs::file_size(path_), small_bytes);
  write(texts[0]);
  EXPECT_EQ(error_of(CreateRegion::always, 2 * small_bytes, true), "");
  EXPECT_EQ(fs::file_size(path_), 2 * small_bytes);
}

TEST_F(RegionFiles, ANewOneTakesNobodysPlaceWithoutForce) {
  const auto error_of_creating = [&](bool force) {
    auto region = create_region_file(path_, small_bytes, force, counters_);
    return region.ok() ? "" : region.error().message;
  };
  EXPECT_EQ(error_of_creating(false), "");
  std::string uuid = uuid_there();
  expect_says(error_of_creating(false), "a daxlab region is there; give another path, or --force");
  EXPECT_EQ(uuid_there(), uuid);
  EXPECT_EQ(error_of_creating(true), "");
  EXPECT_NE(uuid_there(), uuid);
  write("dear diary");
  expect_says(error_of_creating(false), "not a daxlab region");
  EXPECT_EQ(contents(), "dear diary");
  EXPECT_EQ(error_of_creating(true), "");
  write("");
  expect_says(error_of_creating(false), "it is empty");
  EXPECT_EQ(fs::file_size(path_), 0u);
  EXPECT_EQ(error_of_creating(true), "");
  {
    auto user = open(CreateRegion::never);
    expect_says(error_of_creating(true), "in use by another process");
  }
  path_ = folder_;
  expect_says(error_of_creating(true), "a folder");
  EXPECT_NE(create_region_file(folder_ / "new", 5, false, counters_).error().message, "");
  EXPECT_FALSE(fs::exists(folder_ / "new"));
}

TEST_F(RegionFiles, ForceDoesNotReplaceARegionThatIsThere) {
  std::string uuid = uuid_of_made();
  EXPECT_EQ(error_of(CreateRegion::if_missing, small_bytes, true), "");
  EXPECT_EQ(uuid_there(), uuid);
}

TEST_F(RegionFiles, AnImpossibleSizeIsRefusedBeforeAnythingHappens) {
  std::string uuid = uuid_of_made();
  for (uint64_t size : {uint64_t{0}, uint64_t{4096}, small_bytes + 1, max_region_bytes + 4096}) {
    EXPECT_NE(error_of(CreateRegion::always, size).find("give a multiple of 4 KiB"),
              std::string::npos);
  }
  EXPECT_EQ(uuid_there(), uuid);
}

TEST_F(RegionFiles, MoreThanTheDiskHasLeavesNothingBehind) {
  expect_says(error_of(CreateRegion::if_missing, max_region_bytes),
              "free some, or make the region");
  EXPECT_FALSE(fs::exists(path_));
  std::string uuid = uuid_of_made();
  expect_says(error_of(CreateRegion::always, max_region_bytes), "free some, or make the region");
  EXPECT_EQ(uuid_there(), uuid);  // what can be foreseen costs nothing
}

// A limit on the size of files: refuses when the file is grown.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(uint64_t size_bytes) {
    signal(SIGXFSZ, SIG_IGN);
    EXPECT_EQ(getrlimit(RLIMIT_FSIZE, &before_), 0);
    rlimit limit{.rlim_cur = size_bytes, .rlim_max = before_.rlim_max};
    EXPECT_EQ(setrlimit(RLIMIT_FSIZE, &limit), 0);
  }
  ~FileSizeLimit() {
    setrlimit(RLIMIT_FSIZE, &before_);
    signal(SIGXFSZ, SIG_DFL);
  }

 private:
  rlimit before_{};
};

TEST_F(RegionFiles, AFailureOnTheWayLeavesNoHalfMadeFile) {
  {
    FileSizeLimit limit(2 * small_bytes);
    expect_says(error_of(CreateRegion::if_missing, 4 * small_bytes), "File too large");
    EXPECT_FALSE(fs::exists(path_));
    const std::string uuid = uuid_of_made();
    expect_says(error_of(CreateRegion::always, 4 * small_bytes), "File too large");
    EXPECT_EQ(fs::file_size(path_), small_bytes);
    EXPECT_EQ(uuid_there(), uuid) << "what was there is no price of a failure";
    fs::remove(path_);
  }
  EXPECT_EQ(error_of(CreateRegion::if_missing, 4 * small_bytes), "");
}

TEST(RegionFileWords, AreThoseOfYaml) {
  EXPECT_STREQ(name_of(CreateRegion::never), "never");
  EXPECT_STREQ(name_of(CreateRegion::if_missing), "if_missing");
  EXPECT_STREQ(name_of(CreateRegion::always), "always");
}

// Whoever is told that it has the region finds it under the path afterwards.
TEST_F(RegionFiles, OfTwoThatMakeItNoneLosesItsOwn) {
  for (int round = 0; round < 100; ++round) {
    fs::remove(path_);
    std::string made[2];
    std::latch start(2);
    {
      std::jthread threads[2];
      for (int i = 0; i < 2; ++i) {
        threads[i] = std::jthread([&, i] {
          Counters counters;
          start.arrive_and_wait();
          auto region = open_region_file(
              {.path = path_, .size_bytes = small_bytes, .create = CreateRegion::if_missing},
              counters);
          if (region.ok()) made[i] = uuid_text(region.value()->superblock());
        });
      }
    }
    const std::string there = fs::exists(path_) ? uuid_there() : "";
    for (const std::string& uuid : made) ASSERT_TRUE(uuid.empty() || uuid == there) << round;
  }
}

}  // namespace
}  // namespace daxlab
