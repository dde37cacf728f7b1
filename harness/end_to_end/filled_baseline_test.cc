// Workloads that fill their space, on file systems of the kernel's: in a space of their own, or not
// at all.
#include <gmock/gmock.h>
#include <linux/magic.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <functional>

#include "core/base/other_user_test.h"
#include "core/engine/baseline/baseline_file_system.h"
#include "harness/end_to_end/experiment.h"

namespace daxlab {
namespace {

constexpr const char* small_region = "region: {size: 4MiB}\nengine: baseline\n";

class FilledBaseline : public Experiment {};

TEST_F(FilledBaseline, HasATmpfsOfItsOwnInATmpfs) {
  run(std::string(small_region) + "path: /dev/shm\nio: buffered\n" +
      "workloads: [enospc, {name: enospc, threads: 3}, mapped_enospc]\n");
  EXPECT_EQ(outcome_.exit_status, 0) << outcome_.error;
  const Json alone = records("enospc/baseline/-/-/-/-/threads:1").at(0);
  if (alone["failure_kind"] == "skipped") {
    ASSERT_NE(geteuid(), 0u) << alone["error_message"].text();
    GTEST_SKIP() << alone["error_message"].text();
  }
  EXPECT_EQ(alone["answer_free_bytes"], 512 << 10);
  EXPECT_EQ(alone["answer_written_bytes"], 512 << 10);
  EXPECT_EQ(alone["answer_kept_bytes"], 0);
  EXPECT_NE(outcome_.out.find("at ENOSPC"), std::string::npos) << outcome_.out;
  EXPECT_EQ(counter("mapped_enospc/baseline/-/-/-/-/threads:1", "fitted_stores"), 128);
  passed("enospc/baseline/-/-/-/-/threads:3");
}

TEST_F(FilledBaseline, IsSkippedWhereItWouldFillADisk) {
  struct statfs system {};
  ASSERT_EQ(statfs(folder_.c_str(), &system), 0);
  const uint64_t size_bytes = uint64_t{system.f_blocks} * static_cast<uint64_t>(system.f_bsize);
  if (system.f_type == TMPFS_MAGIC || size_bytes <= uint64_t{1} << 30) {
    GTEST_SKIP() << folder_ << " is on no large disk";
  }
  run(std::string(small_region) + "path: " + folder_.string() +
      "\nworkloads: [enospc, hole_read]\n");
  EXPECT_EQ(outcome_.exit_status, 0) << outcome_.error;
  const Json record = records("enospc/baseline/-/-/-/-/threads:1").at(0);
  EXPECT_EQ(record["failure_kind"], "skipped");
  // The disk of the system, or another one.
  EXPECT_THAT(record["error_message"].text(),
              testing::ContainsRegex("(in use besides|too large to be filled); name a folder"));
  EXPECT_NE(outcome_.out.find("1 of 2 cells passed, 1 skipped"), std::string::npos) << outcome_.out;
}

TEST_F(FilledBaseline, NeedsNoPrivilege) {
  SKIP_UNLESS_ROOT();
  const std::string config =
      write("small.yaml", std::string(small_region) + "path: /dev/shm\nworkloads: [enospc]\n")
          .string();
  std::filesystem::permissions(folder_, std::filesystem::perms{0755});
  const std::string said = as_user(stranger, [&]() -> std::string {
    const ProcessOutcome outcome = run_daxlab({"run", config});
    return outcome.out + outcome.error;
  });
  if (said.find("no tmpfs of its own") != std::string::npos) GTEST_SKIP() << said;
  EXPECT_NE(said.find("1 of 1 cells passed"), std::string::npos) << said;
}

// On a file system of 8 MiB that a child alone sees.
TEST_F(FilledBaseline, LeavesAsMuchFreeAsItIsToldAndGivesAllBack) {
  SKIP_UNLESS_ROOT();
  const std::filesystem::path disk = folder_ / "disk";
  std::filesystem::create_directory(disk);
  const std::string said = as_user(0, [&]() -> std::string {
    if (unshare(CLONE_NEWNS) != 0 ||
        mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        mount("none", disk.c_str(), "tmpfs", 0, "size=8m") != 0) {
      return std::string("skip: cannot mount a file system: ") + std::strerror(errno);
    }
    std::string free_blocks;
    for (const uint64_t space_bytes : {uint64_t{1} << 20, uint64_t{0}, uint64_t{1} << 30}) {
      const auto made = BaselineFileSystem::make(disk, {.space_bytes = space_bytes});
      if (!made.ok()) return made.error().message;
      free_blocks += std::to_string(made.value()->space_use().free_blocks) + " ";
    }
    return free_blocks;
  });
  if (said.starts_with("skip:")) GTEST_SKIP() << said;
  EXPECT_EQ(said, "256 2048 2048 ");
}

}  // namespace
}  // namespace daxlab
