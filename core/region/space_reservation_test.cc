// What is taken for a file, and that a failure gives back.
#include "core/region/space_reservation.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>

#include "core/base/other_user_test.h"
#include "core/region/region_file_test.h"

namespace daxlab {
namespace {

struct FileFacts {
  uint64_t length_bytes = 0;
  uint64_t held_bytes = 0;
  friend bool operator==(const FileFacts&, const FileFacts&) = default;
};

void PrintTo(const FileFacts& facts, std::ostream* out) {
  *out << facts.length_bytes << " bytes, " << facts.held_bytes << " held";
}

FileFacts facts_of(const fs::path& path) {
  struct stat status {};
  EXPECT_EQ(stat(path.c_str(), &status), 0) << path;
  return {static_cast<uint64_t>(status.st_size), static_cast<uint64_t>(status.st_blocks) * 512};
}

class Reservation : public RegionFiles {
 protected:
  OwnedDescriptor open_for_writing() const {
    return OwnedDescriptor(::open(path_.c_str(), O_RDWR));
  }
  std::string take(uint64_t length_bytes, bool keep) const {
    const OwnedDescriptor file = open_for_writing();
    auto taken = SpaceReservation::take(file.number(), length_bytes, path_);
    if (!taken.ok()) return taken.error().message;
    EXPECT_GE(facts_of(path_).held_bytes, length_bytes);
    if (keep) taken.value().keep();
    return "";
  }
  // Makes the file sparse: data of a page at each of the offsets.
  void sparse(uint64_t length_bytes, const std::vector<uint64_t>& offsets) const {
    const OwnedDescriptor file(::open(path_.c_str(), O_RDWR | O_CREAT | O_TRUNC, 0600));
    ASSERT_EQ(ftruncate(file.number(), static_cast<off_t>(length_bytes)), 0);
    const std::string page(4096, 'x');
    for (uint64_t offset : offsets) {
      ASSERT_EQ(pwrite(file.number(), page.data(), page.size(), static_cast<off_t>(offset)), 4096);
    }
    fsync(file.number());
  }
  // Says of the region in the file that it has so many blocks: sound, but for its length.
  void claim(uint64_t blocks) const {
    const Superblock superblock = make_superblock(blocks);
    const OwnedDescriptor file(::open(path_.c_str(), O_RDWR | O_CREAT, 0600));
    ASSERT_EQ(pwrite(file.number(), &superblock, sizeof superblock, 0), ssize_t{sizeof superblock});
  }
};

constexpr uint64_t MiB = uint64_t{1} << 20;

TEST_F(Reservation, FillsHolesAndKeepsBytes) {
  sparse(MiB, {0, 512 * 1024});
  const std::string before = contents();
  EXPECT_EQ(take(MiB, true), "");
  EXPECT_EQ(contents(), before);
  EXPECT_GE(facts_of(path_).held_bytes, MiB);
}

TEST_F(Reservation, GivesBackWhatIsNotKept) {
  sparse(MiB, {0, 512 * 1024});
  const std::string text = contents();
  const FileFacts before = facts_of(path_);
  EXPECT_EQ(take(MiB, false), "");
  EXPECT_EQ(facts_of(path_), before);
  EXPECT_EQ(take(4 * MiB, false), "");
  EXPECT_EQ(facts_of(path_), before);
  EXPECT_EQ(contents(), text);
}

TEST_F(Reservation, TakesNothingForWhatHasItsSpace) {
  uuid_of_made();
  const FileFacts before = facts_of(path_);
  EXPECT_EQ(take(small_bytes, true), "");
  EXPECT_EQ(facts_of(path_), before);
}

TEST_F(Reservation, WhatIsBehindItMayStaySparse) {
  sparse(64 * MiB, {0});
  EXPECT_EQ(take(MiB, true), "");
  EXPECT_LT(facts_of(path_).held_bytes, 2 * MiB);
}

TEST_F(Reservation, MoreThanIsFreeIsNotTried) {
  struct statvfs facts {};
  ASSERT_EQ(statvfs(folder_.c_str(), &facts), 0);
  const uint64_t more_bytes = (facts.f_bavail + 256) * facts.f_frsize / MiB * MiB + MiB;
  sparse(more_bytes, {0});
  const FileFacts before = facts_of(path_);
  expect_says(take(more_bytes, true), "its file system has ");
  EXPECT_EQ(facts_of(path_), before);
}

// A region that says that it is larger than the file, and one as sparse as it says, with more than
// the disk has: neither takes anything.
TEST_F(Reservation, ARegionIsLookedAtBeforeItTakesSpace) {
  constexpr uint64_t TiB = MiB << 20;
  sparse(MiB, {});
  claim(TiB / block_bytes);
  FileFacts before = facts_of(path_);
  expect_says(error_of(CreateRegion::never, 0), "only 1048576 bytes are there");
  EXPECT_EQ(facts_of(path_), before);

  // As long as it says. Of 4 TiB, so that no disk of a machine for tests has it.
  ASSERT_EQ(truncate(path_.c_str(), static_cast<off_t>(max_region_bytes)), 0);
  claim(max_region_bytes / block_bytes);
  before = facts_of(path_);
  struct statvfs facts {};
  ASSERT_EQ(statvfs(folder_.c_str(), &facts), 0);
  if (facts.f_bavail * facts.f_frsize > max_region_bytes) {
    GTEST_SKIP() << "the disk has more than the largest region takes";
  }
  for (CreateRegion create : {CreateRegion::never, CreateRegion::if_missing}) {
    expect_says(error_of(create, create == CreateRegion::never ? 0 : max_region_bytes),
                "the file has holes: free some space for them");
    EXPECT_EQ(facts_of(path_), before);
  }
  // Another size than was asked for is told first, and costs nothing either.
  expect_says(error_of(CreateRegion::if_missing, MiB), "1048576 were asked for");
  EXPECT_EQ(facts_of(path_), before);
}

// The file is as long as it likes: what counts is the region in it.
TEST_F(Reservation, AFileLongerThanItsRegionGetsSpaceForTheRegionAlone) {
  const std::string uuid = uuid_of_made(MiB);
  ASSERT_EQ(truncate(path_.c_str(), static_cast<off_t>(max_region_bytes)), 0);
  EXPECT_EQ(uuid_there(), uuid);
  EXPECT_LT(facts_of(path_).held_bytes, 2 * MiB);
}

TEST_F(Reservation, AListOfBadBlocksThatIsWrongMakesNoRegionAndTakesNoSpace) {
  std::ofstream(bad_blocks_path_of(path_)) << "hello\n";
  EXPECT_NE(error_of(CreateRegion::if_missing), "");
  EXPECT_FALSE(fs::exists(path_));
  fs::remove(bad_blocks_path_of(path_));
  const std::string uuid = uuid_of_made();
  std::ofstream(bad_blocks_path_of(path_)) << "hello\n";
  EXPECT_NE(error_of(CreateRegion::always), "");
  fs::remove(bad_blocks_path_of(path_));
  EXPECT_EQ(uuid_there(), uuid);
}

// A file system of 2 MiB, in a child that alone sees it; what the child says is wrong.
class SmallDisk : public Reservation {
 protected:
  [[maybe_unused]] static constexpr uint64_t disk_bytes = 2 * MiB;

  std::string on_small_disk(const std::function<std::string()>& body) {
    path_ = folder_ / "disk/lab.pmem";
    fs::create_directory(folder_ / "disk");
    return as_user(0, [&]() -> std::string {
      if (unshare(CLONE_NEWNS) != 0) return "cannot mount: unshare";
      if (mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return "cannot mount: /";
      if (mount("none", (folder_ / "disk").c_str(), "tmpfs", 0, "size=2m") != 0) {
        return std::string("cannot mount: ") + std::strerror(errno);
      }
      return body();
    });
  }
  uint64_t free_bytes() const {
    struct statvfs facts {};
    EXPECT_EQ(statvfs((folder_ / "disk").c_str(), &facts), 0);
    return facts.f_bavail * facts.f_frsize;
  }
};

#define SKIP_UNLESS_MOUNTED(said) \
  if ((said).starts_with("cannot mount")) GTEST_SKIP() << (said)

TEST_F(SmallDisk, ARegionThatDoesNotFitLeavesNoFileAndTakesNothing) {
  SKIP_UNLESS_ROOT();
  const std::string said = on_small_disk([&] {
    const uint64_t before = free_bytes();
    std::string error = error_of(CreateRegion::if_missing, 4 * MiB);
    if (error.find("needs 4194304 bytes, its file system has 2097152 free") == error.npos) {
      return "too large: " + error;
    }
    if (fs::exists(path_) || free_bytes() != before) return std::string("something stayed");
    error = error_of(CreateRegion::if_missing, MiB);
    if (!error.empty()) return "one that fits: " + error;
    // In place of the one that is there: it stays.
    const std::string uuid = uuid_there();
    error = error_of(CreateRegion::always, 4 * MiB);
    if (error.find("free some, or make the region smaller") == error.npos) return "anew: " + error;
    if (uuid_there() != uuid) return std::string("the old region is gone");
    if (free_bytes() != before - MiB) return std::string("free space has changed");
    return std::string();
  });
  SKIP_UNLESS_MOUNTED(said);
  EXPECT_EQ(said, "");
}

TEST_F(SmallDisk, ASparseRegionThatDoesNotFitTakesNothing) {
  SKIP_UNLESS_ROOT();
  const std::string said = on_small_disk([&] {
    const std::string uuid = uuid_of_made(MiB);
    const std::string made = contents();
    fs::remove(path_);
    sparse(MiB, {});
    {
      std::fstream stream(path_, std::ios::binary | std::ios::in | std::ios::out);
      stream << made.substr(0, 4096);
    }
    std::ofstream(folder_ / "disk/filler") << std::string(MiB + MiB / 2, 'x');
    const FileFacts before = facts_of(path_);
    const uint64_t free_before = free_bytes();
    std::string error = error_of(CreateRegion::never, 0);
    if (error.find("the file has holes") == error.npos) return "no error: " + error;
    if (facts_of(path_) != before) return std::string("the file has grown");
    if (free_bytes() != free_before) return std::string("space was taken");
    fs::remove(folder_ / "disk/filler");
    error = error_of(CreateRegion::never, 0);
    if (!error.empty()) return "with space for it: " + error;
    return uuid_there() == uuid ? std::string() : std::string("another region");
  });
  SKIP_UNLESS_MOUNTED(said);
  EXPECT_EQ(said, "");
}

}  // namespace
}  // namespace daxlab
