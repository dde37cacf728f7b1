// File systems that are full: a failure of the real program takes nothing.
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <functional>

#include "core/base/other_user_test.h"
#include "harness/end_to_end/experiment.h"

namespace daxlab {
namespace {

namespace fs = std::filesystem;

// A file system of 2 MiB that is full, in a child that alone sees it.
class FullDisk : public Experiment {
 protected:
  // What `body` says; the text of what could not be had begins with "skip:".
  std::string on_full_disk(const std::function<std::string(const fs::path&)>& body) const {
    const fs::path disk = folder_ / "disk";
    fs::create_directory(disk);
    return as_user(0, [&]() -> std::string {
      if (unshare(CLONE_NEWNS) != 0 ||
          mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
          mount("none", disk.c_str(), "tmpfs", 0, "size=2m") != 0) {
        return std::string("skip: cannot mount a file system: ") + std::strerror(errno);
      }
      std::ofstream(disk / "filler") << std::string(3 << 20, 'x');
      return body(disk);
    });
  }
  // "" when only the filler is there.
  static std::string left_in(const fs::path& disk) {
    std::string left;
    for (const auto& entry : fs::directory_iterator(disk)) {
      const std::string name = entry.path().filename().string();
      if (name != "filler") left += name + " ";
    }
    return left;
  }
};

#define SKIP_IF_SAID(said) \
  if ((said).starts_with("skip:")) GTEST_SKIP() << (said)

TEST_F(FullDisk, ARegionThatIsNotMadeLeavesNoFile) {
  SKIP_UNLESS_ROOT();
  const std::string said = on_full_disk([&](const fs::path& disk) -> std::string {
    const ProcessOutcome outcome =
        run_daxlab({"region", "create", (disk / "lab.pmem").string(), "--size", "1MiB"});
    if (outcome.exit_status != 1) return "exit status " + std::to_string(outcome.exit_status);
    if (outcome.error.find("its file system has 0 free; free some") == std::string::npos) {
      return outcome.error;
    }
    return left_in(disk);
  });
  SKIP_IF_SAID(said);
  EXPECT_EQ(said, "");
}

// Holes that are read need space on such a file system.
TEST_F(FullDisk, ARegionWithHolesThatCannotBeReadIsToldWithTheirPlace) {
  SKIP_UNLESS_ROOT();
  const std::string said = on_full_disk([&](const fs::path& disk) -> std::string {
    const std::string dense = (folder_ / "dense.pmem").string();
    const std::string sparse = (disk / "sparse.pmem").string();
    if (run_daxlab({"region", "create", dense, "--size", "1MiB"}).exit_status != 0) return "dense";
    fs::remove(disk / "filler");
    const ProcessOutcome copied =
        RunningProgram::shell("cp --sparse=always " + dense + " " + sparse).wait();
    if (copied.exit_status != 0) return copied.error;
    std::ofstream(disk / "filler") << std::string(3 << 20, 'x');
    for (const char* command : {"info", "fsck"}) {
      const ProcessOutcome outcome = run_daxlab({"region", command, sparse});
      if (outcome.exit_status != 2) return "exit status " + std::to_string(outcome.exit_status);
      if (outcome.error.find("SIGBUS at a load from " + sparse + ", byte ") == std::string::npos ||
          outcome.error.find(": no space left in " + disk.string() + " (0 bytes free)\n") ==
              std::string::npos) {
        return outcome.error;
      }
    }
    return left_in(disk);
  });
  SKIP_IF_SAID(said);
  EXPECT_EQ(said, "sparse.pmem ");
}

TEST_F(FullDisk, ABaselineWithoutSpaceNamesItsFolder) {
  SKIP_UNLESS_ROOT();
  const fs::path disk = folder_ / "disk";
  const std::string config =
      write("small.yaml", "engine: baseline\npath: " + disk.string() +
                              "\nrepetitions: 1\nworkloads:\n  - {name: hole_read, size: 4MiB}\n"
                              "  - {name: write, size: 4MiB}\n")
          .string();
  const std::string said = on_full_disk([&](const fs::path&) -> std::string {
    const ProcessOutcome outcome = run_daxlab({"run", config});
    const std::string all = outcome.out + outcome.error;
    const std::string folder = disk.string();
    for (const std::string& part : {"has a file of 4 MiB, and " + folder + " has 0 bytes free",
                                    std::string("bus error at a load from " + folder + "/"),
                                    std::string("(0 bytes free in " + folder + ")")}) {
      if (all.find(part) == std::string::npos) return "no '" + part + "' in:\n" + all;
    }
    return left_in(disk);
  });
  SKIP_IF_SAID(said);
  EXPECT_EQ(said, "");
}

TEST_F(FullDisk, ResultsThatCannotBeKeptLeaveNoFile) {
  SKIP_UNLESS_ROOT();
  const std::string config = write("small.yaml", one_cell).string();
  const std::string said = on_full_disk([&](const fs::path& disk) -> std::string {
    for (const char* option : {"--out", "--csv"}) {
      const ProcessOutcome outcome =
          run_daxlab({"run", config, option, (disk / "results").string()});
      if (outcome.exit_status != 1) return "exit status " + std::to_string(outcome.exit_status);
      if (outcome.error.find("No space left on device") == std::string::npos) return outcome.error;
      if (!left_in(disk).empty()) return left_in(disk);
    }
    return "";
  });
  SKIP_IF_SAID(said);
  EXPECT_EQ(said, "");
}

}  // namespace
}  // namespace daxlab
