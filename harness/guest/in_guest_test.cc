// What every guest has, seen from inside. Run by harness/guest/checks.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/stat.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

#include "core/base/json.h"
#include "core/base/owned_descriptor.h"
#include "core/base/sizes.h"
#include "harness/end_to_end/daxlab_process.h"
#include "harness/histories/exploration.h"
#include "harness/parity/history_subject.h"

namespace daxlab {
namespace {

constexpr uint64_t file_bytes = 4 * MiB;

// 0, or the errno of a synchronous mapping of this file or device: the one thing that says whether
// stores reach persistent memory by themselves.
int error_of_synchronous_mapping(int descriptor, uint64_t bytes, uint64_t offset_bytes = 0) {
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED_VALIDATE | MAP_SYNC,
                      descriptor, static_cast<off_t>(offset_bytes));
  if (memory == MAP_FAILED) return errno;
  munmap(memory, bytes);
  return 0;
}

class GuestFileSystem : public testing::TestWithParam<std::string> {
 protected:
  GuestFileSystem()
      : path_("/mnt/" + GetParam() + "/in_guest_test"),
        file_(open(path_.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)) {}
  ~GuestFileSystem() override { std::filesystem::remove(path_); }

  bool is_dax() const { return GetParam().ends_with("-dax"); }

  std::string path_;
  OwnedDescriptor file_;
};

TEST_P(GuestFileSystem, IsWhatItsNameSays) {
  ASSERT_GE(file_.number(), 0) << path_ << ": " << std::strerror(errno);
  std::ifstream mounts("/proc/mounts");
  const std::string kind = GetParam().substr(0, GetParam().find('-'));
  bool found = false;
  for (std::string device, folder, type, rest;
       mounts >> device >> folder >> type && std::getline(mounts, rest);) {
    if (folder == "/mnt/" + GetParam()) found = type == kind;
  }
  EXPECT_TRUE(found) << "/mnt/" << GetParam() << " is no mount of " << kind;
}

TEST_P(GuestFileSystem, HasDaxExactlyWhenItsNameSays) {
  ASSERT_GE(file_.number(), 0) << path_ << ": " << std::strerror(errno);
  ASSERT_EQ(ftruncate(file_.number(), file_bytes), 0);
  struct statx status = {};
  ASSERT_EQ(statx(file_.number(), "", AT_EMPTY_PATH, STATX_BASIC_STATS, &status), 0);
  EXPECT_TRUE(status.stx_attributes_mask & STATX_ATTR_DAX);
  EXPECT_EQ((status.stx_attributes & STATX_ATTR_DAX) != 0, is_dax());
  EXPECT_EQ(error_of_synchronous_mapping(file_.number(), file_bytes), is_dax() ? 0 : EOPNOTSUPP);
}

// Blocks that are aligned in the file system must be so in memory, or no huge page can map them.
TEST_P(GuestFileSystem, BeginsAtAHugePage) {
  struct stat status;
  ASSERT_EQ(stat(("/mnt/" + GetParam()).c_str(), &status), 0);
  std::ifstream start("/sys/dev/block/" + std::to_string(major(status.st_dev)) + ":" +
                      std::to_string(minor(status.st_dev)) + "/start");
  uint64_t sectors = 1;
  start >> sectors;
  EXPECT_EQ(sectors * 512 % (2 * MiB), 0u) << sectors << " sectors";
}

INSTANTIATE_TEST_SUITE_P(InGuest, GuestFileSystem,
                         testing::Values("ext4-dax", "xfs-dax", "ext4", "xfs"),
                         [](const auto& test) {
                           std::string name = test.param;
                           if (const size_t at = name.find('-'); at != name.npos) name[at] = '_';
                           return name;
                         });

TEST(GuestDevice, IsMappedByPagesOf4KiB) {
  const OwnedDescriptor device(open("/dev/dax0.0", O_RDWR | O_CLOEXEC));
  ASSERT_GE(device.number(), 0) << std::strerror(errno);
  struct stat status;
  ASSERT_EQ(fstat(device.number(), &status), 0);
  EXPECT_TRUE(S_ISCHR(status.st_mode));
  uint64_t align_bytes = 0, size_bytes = 0;
  std::ifstream("/sys/bus/dax/devices/dax0.0/align") >> align_bytes;
  std::ifstream("/sys/bus/dax/devices/dax0.0/size") >> size_bytes;
  EXPECT_EQ(align_bytes, 4 * KiB);
  EXPECT_GE(size_bytes, 64 * MiB);
  EXPECT_EQ(error_of_synchronous_mapping(device.number(), 4 * KiB, 4 * KiB), 0);
}

// The kernel's own file systems as a row of the table, with DAX and without.
TEST(GuestBaseline, RunsOnAllFourFileSystems) {
  const std::string config = testing::TempDir() + "/in_guest_test.yaml";
  std::ofstream(config) << "seed: 1\nregion: {size: 16MiB}\nengine: baseline\nrepetitions: 1\n"
                           "path: [/mnt/ext4-dax, /mnt/xfs-dax, /mnt/ext4, /mnt/xfs]\n"
                           "workloads: [{name: hole_read, size: 2MiB}, {name: mkwrite, size: 1MiB},"
                           " {name: write, size: 1MiB}]\n";
  const ProcessOutcome outcome = run_daxlab({"run", config});
  EXPECT_EQ(outcome.exit_status, 0) << outcome.out << outcome.error;
}

// Without --trace, too, faults are recorded on kernels that do not tell the sizes of entries.
TEST(GuestBaseline, ACellThatIsKilledLeavesNoTracingBehind) {
  const std::string config = testing::TempDir() + "/in_guest_test.yaml";
  std::ofstream(config) << "region: {size: 16MiB}\nengine: baseline\nrepetitions: 1\n"
                           "path: /mnt/ext4-dax\ntime_limit: 200ms\n"
                           "workloads: [{name: mkwrite, size: 128MiB}]\n";
  const ProcessOutcome outcome = run_daxlab({"run", config});
  EXPECT_NE(outcome.out.find("time limit"), std::string::npos) << outcome.out << outcome.error;
  ASSERT_TRUE(std::filesystem::exists("/sys/kernel/tracing/instances"));
  EXPECT_TRUE(std::filesystem::is_empty("/sys/kernel/tracing/instances"));
}

TEST(GuestBaseline, AFileSystemThatTakesTheResultsIsNotFilled) {
  const std::string config = testing::TempDir() + "/in_guest_test.yaml";
  std::ofstream(config) << "region: {size: 16MiB}\nengine: baseline\nrepetitions: 1\n"
                           "path: /mnt/ext4-dax\nworkloads: [enospc]\n";
  const std::string results = "/mnt/ext4-dax/in_guest_test.json";
  const ProcessOutcome outcome = run_daxlab({"run", config, "--out", results});
  std::filesystem::remove(results);
  EXPECT_NE(outcome.out.find("in use besides"), std::string::npos) << outcome.out << outcome.error;
}

TEST(GuestDoctor, SeesTheDeviceAndWhichMountsHaveDax) {
  const std::string report = run_daxlab({"doctor"}).out;
  const auto line_of = [&](const std::string& name) {
    const size_t start = report.find(name + " ");
    return start == report.npos ? "" : report.substr(start, report.find('\n', start) - start);
  };
  for (const char* type : {"ext4", "xfs"}) {
    const std::string folder = std::string("/mnt/") + type;
    EXPECT_NE(line_of(folder + "-dax").find("DAX is in effect"), std::string::npos) << report;
    EXPECT_NE(line_of(folder).find("no DAX"), std::string::npos) << report;
  }
  EXPECT_NE(line_of("dax0.0").find("alignment 4 KiB"), std::string::npos) << report;
}

// Over a hole that has been read a strategy needs hardly more than the kernel's DAX does, but for
// page tables; and one that leaves holes to the kernel takes no more faults.
TEST(GuestBaseline, NeedsAboutAsMuchMemoryAsTheBestStrategies) {
  const std::string folder = testing::TempDir(), results = folder + "/in_guest_test.json";
  std::ofstream(folder + "/in_guest_test.yaml")
      << "seed: 1\nregion: {size: 16MiB}\nrepetitions: 1\nwrite: partial\nalloc: first_fit\n"
         "path: [/mnt/ext4-dax, /mnt/xfs-dax]\n"
         "matrix: {engine: [mmu, baseline], fault: [global_zero, native_zero]}\n"
         "workloads: [{name: hole_read, size: 64MiB}]\n";
  const ProcessOutcome outcome =
      run_daxlab({"run", folder + "/in_guest_test.yaml", "--out", results});
  ASSERT_EQ(outcome.exit_status, 0) << outcome.out << outcome.error;
  std::ifstream file(results);
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  double least_bytes = 1e18, least_faults = 1e18;
  std::map<std::string, double> bytes, faults;
  const auto parsed = parse_json(text);
  ASSERT_TRUE(parsed.ok()) << parsed.error().message;
  for (const Json& record : parsed.value()["benchmarks"].items()) {
    const std::string& name = record["name"].text();
    const double needed = record["memory_peak_bytes"].as_double().value_or(-1) -
                          record["page_table_bytes"].as_double().value_or(-1) +
                          record["slab_bytes"].as_double().value_or(-1);
    if (name.find("/baseline/") != name.npos) {
      least_bytes = std::min(least_bytes, needed);
      least_faults = std::min(least_faults, record["page_faults"].as_double().value_or(-1));
      continue;
    }
    const std::string fault = name.find("global_zero") != name.npos ? "global" : "native";
    bytes[fault] = needed;
    faults[fault] = record["page_faults"].as_double().value_or(-1);
  }
  ASSERT_EQ(bytes.size(), 2U);
  ASSERT_LT(least_bytes, 1e18);
  constexpr double more_bytes = 256 * KiB;
  EXPECT_LE(bytes["global"], least_bytes + more_bytes);
  EXPECT_LE(bytes["native"], least_bytes + more_bytes);
  EXPECT_LE(faults["native"], least_faults);
}

void expect_no_difference(HistorySubject& subject) {
  constexpr uint64_t histories = 20, operations = 60;
  for (uint64_t i = 0; i < histories; ++i) {
    const auto found = subject.difference(first_seed() + i, operations);
    EXPECT_FALSE(found) << subject.name() << ", seed " << first_seed() + i << ": " << *found;
  }
}

// harness/soak --guest does it with more seeds.
TEST(GuestHistories, AreTheSameOnTheKernelsFileSystems) {
  for (const char* folder : {"/mnt/ext4-dax", "/mnt/xfs-dax", "/dev/shm"}) {
    auto subject = HistorySubject::of_folder(folder);
    ASSERT_TRUE(subject.ok()) << subject.error().message;
    expect_no_difference(subject.value());
  }
}

TEST(GuestHistories, AreTheSameOnEveryFaultStrategyOverFsdax) {
  auto pairs = pairs_over("/mnt/xfs-dax/in_guest_test.region");
  ASSERT_TRUE(pairs.ok()) << pairs.error().message;
  for (HistorySubject& pair : pairs.value()) {
    EXPECT_TRUE(pair.name().ends_with(" over fsdax (xfs)")) << pair.name();
    expect_no_difference(pair);
  }
}

}  // namespace
}  // namespace daxlab
