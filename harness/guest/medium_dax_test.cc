// The media on the kernel's own DAX. What is on a device is lost, so that only those are touched
// which the environment names, as harness/guest/checks does in a guest: DAXLAB_DEVDAX, a device;
// DAXLAB_EXT4_DAX and DAXLAB_XFS_DAX, folders; DAXLAB_EXT4 and DAXLAB_XFS, the same without DAX.
// Where one is not named, its cases skip and say so.
#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <utility>

#include "core/file/file_system.h"
#include "core/recovery/recovery.h"
#include "core/region/checksum.h"
#include "core/region/fsdax_file.h"
#include "core/region/redo_log.h"
#include "core/region/region_file.h"
#include "harness/strategies/named_lab.h"

namespace daxlab {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t test_region_bytes = uint64_t{16} << 20;
constexpr uint64_t huge_page_bytes = uint64_t{2} << 20;

struct Place {
  MediumKind medium;
  const char* variable;  // of the environment: the device, or a folder for fsdax
};

void PrintTo(const Place& place, std::ostream* out) { *out << place.variable; }

// Empty: not named.
std::string named_by(const std::string& variable) {
  const char* const given = std::getenv(variable.c_str());
  return given != nullptr ? given : "";
}

constexpr Place ext4_dax{MediumKind::fsdax, "DAXLAB_EXT4_DAX"};
constexpr Place xfs_dax{MediumKind::fsdax, "DAXLAB_XFS_DAX"};
constexpr Place devdax{MediumKind::devdax, "DAXLAB_DEVDAX"};

// A device must be blank, or hold a region: nothing else is overwritten.
class DaxMedium : public testing::TestWithParam<Place> {
 protected:
  void SetUp() override {
    path_ = named_by(GetParam().variable);
    if (path_.empty()) GTEST_SKIP() << GetParam().variable << " names nothing that may be lost";
    ASSERT_TRUE(fs::exists(path_)) << path_;
    if (GetParam().medium == MediumKind::devdax) return;
    path_ += "/medium_dax_test.region";
    fs::remove(path_);
  }
  void TearDown() override {
    if (GetParam().medium == MediumKind::fsdax && !path_.empty()) fs::remove(path_);
  }
  RegionFile wish(CreateRegion create, uint64_t size_bytes = test_region_bytes) const {
    return {.path = path_, .medium = GetParam().medium, .size_bytes = size_bytes, .create = create};
  }
  ErrorOr<std::unique_ptr<Region>> open(const RegionFile& file) {
    return open_region_file(file, counters_);
  }
  std::unique_ptr<Region> made() {
    auto region = open(wish(CreateRegion::always));
    EXPECT_TRUE(region.ok()) << region.error().message;
    return region.ok() ? region.take() : nullptr;
  }
  std::string error_of(const RegionFile& file) {
    const auto region = open(file);
    return region.ok() ? "no error" : region.error().message;
  }
  std::unique_ptr<Lab> lab_of(const std::string& fault) const {
    LabSpec spec = spec_of({.fault = fault, .region_bytes = test_region_bytes});
    spec.medium = GetParam().medium;
    spec.region_path = path_;
    spec.create = CreateRegion::always;
    auto lab = Lab::assemble(spec, log_);
    EXPECT_TRUE(lab.ok()) << lab.error().message;
    return lab.ok() ? lab.take() : nullptr;
  }

  std::string path_;
  Counters counters_;
  mutable CallLog log_;
};

INSTANTIATE_TEST_SUITE_P(Places, DaxMedium, testing::Values(ext4_dax, xfs_dax, devdax),
                         [](const auto& it) {
                           return std::string(it.param.variable).substr(sizeof "DAXLAB_" - 1);
                         });

// How many shared mappings of the file there are, and how many of them are synchronous.
struct SharedMappings {
  int all = 0, synchronous = 0;
};

// By its number: a file that got its name when it was made has another one in smaps.
SharedMappings shared_mappings_of(const std::string& path) {
  struct stat file {};
  EXPECT_EQ(stat(path.c_str(), &file), 0) << path;
  const std::string number =
      fmt::format("{:02x}:{:02x} {} ", major(file.st_dev), minor(file.st_dev), file.st_ino);
  SharedMappings found;
  bool is_ours = false;
  std::ifstream smaps("/proc/self/smaps");
  for (std::string line; std::getline(smaps, line);) {
    if (line.starts_with("VmFlags:")) {
      found.all += is_ours;
      found.synchronous += is_ours && line.find(" sf") != std::string::npos;
    } else if (line.find('-') < line.find(' ')) {
      const std::string permissions = line.substr(line.find(' ') + 1, 4);
      is_ours = permissions[3] == 's' && line.find(" " + number) != std::string::npos;
    }
  }
  return found;
}

TEST_P(DaxMedium, KeepsWhatWasStored) {
  auto region = made();
  ASSERT_NE(region, nullptr);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(region->address_of(0)) % huge_page_bytes, 0u);
  const uint64_t block = region->first_data_block();
  region->persist().store_word(region->words_of(block), 77);
  region.reset();
  const auto again = open(wish(CreateRegion::if_missing));
  ASSERT_TRUE(again.ok()) << again.error().message;
  EXPECT_EQ(*again.value()->words_of(block), 77u);
  EXPECT_EQ(again.value()->blocks(), test_region_bytes / block_bytes);
}

TEST_P(DaxMedium, IsFoundByItsPathAlone) {
  made();
  const auto region = read_region_file(path_, counters_);
  ASSERT_TRUE(region.ok()) << region.error().message;
  EXPECT_EQ(region.value()->medium().kind(), GetParam().medium);
}

// A reader of a device replays a log as if in a file: where nobody else sees it.
TEST_P(DaxMedium, ReplaysALogForReadingInThisProcessOnly) {
  auto region = made();
  ASSERT_NE(region, nullptr);
  Inode& inode = region->inodes()[0];
  LogHeader& header = region->log();
  const auto* base = region->address_of(0);
  const auto offset = reinterpret_cast<const std::byte*>(&inode.size_bytes) - base;
  *reinterpret_cast<LogWord*>(&header + 1) = {static_cast<uint64_t>(offset), 4711};
  header.words = 1;
  const auto* from = reinterpret_cast<const std::byte*>(&header.words);
  header.commit = checksum_of({from, sizeof header - sizeof header.commit + sizeof(LogWord)});
  region.reset();
  for (int i = 0; i < 2; ++i) {
    const auto reader = read_region_file(path_, counters_);
    ASSERT_TRUE(reader.ok()) << reader.error().message;
    EXPECT_EQ(prepare_to_read(*reader.value()), LogState::committed);
    EXPECT_EQ(reader.value()->inodes()[0].size_bytes, 4711u);
  }
}

TEST_P(DaxMedium, IsMappedSynchronouslyEverywhere) {
  for (const std::string& fault : fault_variants()) {
    SCOPED_TRACE(fault);
    const std::unique_ptr<Lab> lab = lab_of(fault);
    ASSERT_NE(lab, nullptr);
    auto file = lab->files().create("file").take();
    const std::string text(3 * page_bytes, 'x');
    ASSERT_TRUE(file->write(0, std::as_bytes(std::span(text))).ok());
    ASSERT_TRUE(file->truncate(16 * page_bytes).ok());
    auto view = file->map({0, 16}).take();
    view->store(0, 1);
    view->store(9 * page_bytes, 2);
    EXPECT_EQ(view->load(page_bytes) & 0xff, uint64_t{'x'});
    const SharedMappings found = shared_mappings_of(path_);
    EXPECT_GE(found.all, 3);  // the region's, and at least two of the file's
    if (GetParam().medium == MediumKind::fsdax) {
      EXPECT_EQ(found.synchronous, found.all);
    }
    view.reset();
    EXPECT_EQ(lab->failure(), std::nullopt);
  }
}

TEST_P(DaxMedium, HasNoUnwrittenExtents) {
  if (GetParam().medium == MediumKind::devdax) GTEST_SKIP() << "a device has none";
  const auto unwritten = [](const Region& region) {
    const auto extents = physical_extents(region.descriptor(), test_region_bytes, "it");
    uint64_t bytes = 0, missing = test_region_bytes;
    for (const PhysicalExtent& extent : extents.value()) {
      bytes += extent.is_unwritten ? extent.length_bytes : 0;
      missing -= extent.length_bytes;
    }
    return bytes + missing;
  };
  auto region = made();
  ASSERT_NE(region, nullptr);
  EXPECT_EQ(unwritten(*region), 0u);
  region.reset();
  const OwnedDescriptor file(::open(path_.c_str(), O_RDWR));
  ASSERT_EQ(fallocate(file.number(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 8 << 20, 1 << 20),
            0);
  ASSERT_EQ(fallocate(file.number(), 0, 8 << 20, 1 << 19), 0);
  auto again = open(wish(CreateRegion::never));
  ASSERT_TRUE(again.ok()) << again.error().message;
  EXPECT_EQ(unwritten(*again.value()), 0u);
}

TEST_P(DaxMedium, RefusesMoreThanThereIsAndTakesNothing) {
  const uint64_t too_much = uint64_t{1} << 40;
  const std::string said = error_of(wish(CreateRegion::always, too_much));
  EXPECT_TRUE(said.starts_with(path_ + ": ")) << said;
  if (GetParam().medium == MediumKind::fsdax) {
    EXPECT_NE(said.find("its file system has"), std::string::npos) << said;
    EXPECT_FALSE(fs::exists(path_));
  } else {
    EXPECT_NE(said.find("the device has"), std::string::npos) << said;
  }
}

TEST_P(DaxMedium, IsUsedByOneAtATime) {
  const auto region = made();
  EXPECT_EQ(error_of(wish(CreateRegion::never, 0)),
            path_ + ": in use by another process; wait for it or end it, then try again");
}

TEST_P(DaxMedium, StaysAsItIsWithoutForceIfItIsNoRegion) {
  std::string foreign = "not a region";
  {
    const auto region = made();
    ASSERT_NE(region, nullptr);
    for (uint64_t block : {uint64_t{0}, region->blocks() - 1}) {
      std::memset(region->address_of(block), 0, block_bytes);
    }
    std::memcpy(region->address_of(0), foreign.data(), foreign.size());
  }
  for (CreateRegion create : {CreateRegion::if_missing, CreateRegion::always}) {
    EXPECT_NE(error_of(wish(create)).find("not a daxlab region"), std::string::npos);
  }
  RegionFile forced = wish(CreateRegion::if_missing);
  forced.force = true;
  EXPECT_EQ(error_of(forced), "no error");
  EXPECT_EQ(error_of(wish(CreateRegion::never)), "no error");
}

TEST_P(DaxMedium, OfZerosCountsAsMissingOnADevice) {
  if (GetParam().medium != MediumKind::devdax) GTEST_SKIP() << "a file of zeros may be somebody's";
  { ASSERT_NE(made(), nullptr); }
  {
    auto medium = Medium::open(path_, Access::read_write);
    ASSERT_TRUE(medium.ok()) << medium.error().message;
    std::memset(medium.value().bytes().data(), 0, medium.value().bytes().size());
  }
  EXPECT_NE(error_of(wish(CreateRegion::never, 0)).find("it starts with zeros"), std::string::npos);
  EXPECT_EQ(error_of(wish(CreateRegion::if_missing)), "no error");
}

TEST_P(DaxMedium, TellsWhatItsStoresAreWorth) {
  const std::unique_ptr<Lab> lab = lab_of("global_zero");
  ASSERT_NE(lab, nullptr);
  EXPECT_TRUE(lab->facts().medium.starts_with(name_of(GetParam().medium))) << lab->facts().medium;
  const std::string domain = lab->facts().persistence_domain;
  EXPECT_TRUE(domain == "ADR" || domain == "eADR" || domain.starts_with("unknown (")) << domain;
}

// The block device that a folder's file system is on; empty: nothing is mounted there.
std::string device_mounted_at(const std::string& folder) {
  std::ifstream mounts("/proc/self/mounts");
  std::string device, at, rest;
  while (mounts >> device >> at && std::getline(mounts, rest)) {
    if (at == folder) return device;
  }
  return "";
}

std::string refusal_of(const std::string& path, MediumKind medium) {
  Counters counters;
  const auto region = open_region_file({.path = path,
                                        .medium = medium,
                                        .size_bytes = test_region_bytes,
                                        .create = CreateRegion::if_missing},
                                       counters);
  return region.ok() ? "no error" : region.error().message;
}

TEST(DaxMediumRefuses, FileSystemsWithoutDax) {
  int met = 0;
  const std::pair<std::string, std::string> folders[] = {{"ext4", named_by("DAXLAB_EXT4")},
                                                         {"xfs", named_by("DAXLAB_XFS")}};
  for (const auto& [file_system, folder] : folders) {
    if (folder.empty()) continue;
    ++met;
    const std::string path = folder + "/medium_dax_test.region";
    const std::string start =
        path + ": its file system (" + file_system + ") maps it without DAX; mount it with";
    const std::string said = refusal_of(path, MediumKind::fsdax);
    EXPECT_EQ(said.substr(0, start.size()), start);
    EXPECT_FALSE(fs::exists(path));
  }
  if (met == 0) GTEST_SKIP() << "DAXLAB_EXT4 and DAXLAB_XFS name no folders";
}

TEST(DaxMediumRefuses, TheDeviceBelowAFileSystem) {
  const std::string folder = named_by(ext4_dax.variable);
  if (folder.empty()) GTEST_SKIP() << ext4_dax.variable << " names no folder";
  const std::string device = device_mounted_at(folder);
  ASSERT_NE(device, "") << "nothing is mounted at " << folder;
  for (MediumKind medium : {MediumKind::fsdax, MediumKind::devdax}) {
    const std::string start = device + ": a block device, mounted at " + folder;
    EXPECT_EQ(refusal_of(device, medium).substr(0, start.size()), start);
  }
}

}  // namespace
}  // namespace daxlab
