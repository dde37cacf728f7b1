// harness/guest/run as its users see it. What is inside of a guest is tried there: see checks.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "harness/end_to_end/daxlab_process.h"

namespace daxlab {
namespace {

using testing::HasSubstr;

constexpr int cannot_be_had = 77, died = 125, out_of_time = 124;
const std::string script = DAXLAB_SOURCE_DIR "/harness/guest/run";

ProcessOutcome run_guest(std::vector<std::string> words,
                         const std::vector<std::string>& environment = {}) {
  words.insert(words.begin(), script);
  return RunningProgram::of(words, environment).wait();
}

class GuestRun : public testing::Test {
 protected:
  GuestRun() : folder_(testing::TempDir() + "/guest_test." + std::to_string(getpid())) {
    std::filesystem::create_directories(folder_);
  }
  ~GuestRun() override { std::filesystem::remove_all(folder_); }

  std::string path(const std::string& name) const { return folder_ + "/" + name; }
  std::string text_of(const std::string& name) const {
    std::ostringstream text;
    text << std::ifstream(path(name)).rdbuf();
    return text.str();
  }
  // Where a shell looks first for programs: an apt that reaches nothing.
  std::string path_without_network() const {
    std::filesystem::create_directories(path("bin"));
    for (const char* name : {"apt-get", "sudo"}) {
      std::ofstream(path("bin/") + name)
          << "#!/bin/sh\necho 'cannot reach the mirror' >&2\nexit 100\n";
      std::filesystem::permissions(path("bin/") + name, std::filesystem::perms::owner_all);
    }
    return "PATH=" + path("bin") + ":" + getenv("PATH");
  }

  std::string folder_;
};

TEST_F(GuestRun, WrongCommandLinesAreToldBeforeAnythingIsMade) {
  const std::vector<std::vector<std::string>> wrong = {
      {},
      {"--"},
      {"--kernel", "5.10", "--", "true"},
      {"--mode", "virtio", "--", "true"},
      {"--pmem", "100M", "--", "true"},
      {"--pmem", "many", "--", "true"},
      {"--time-limit", "0", "--", "true"},
      {"--wrong", "1", "--", "true"},
      {"--kernel"},
      {"--mode", "memmap", "--keep-pmem", path("image"), "--", "true"},
      {"--out", path("a,b"), "--", "true"},
      {"--keep-pmem", path("an image"), "--", "true"},
      {"--log", path("log,size=1"), "--", "true"},
  };
  for (const std::vector<std::string>& words : wrong) {
    const ProcessOutcome outcome = run_guest(words, {"XDG_CACHE_HOME=" + path("cache")});
    EXPECT_EQ(outcome.exit_status, 2) << testing::PrintToString(words) << outcome.error;
    EXPECT_THAT(outcome.error, HasSubstr("usage: harness/guest/run"));
  }
  EXPECT_FALSE(std::filesystem::exists(path("cache")));
}

// Whether the tools lack or the kernel alone: the last line says what, and what to do.
TEST_F(GuestRun, WithoutANetworkSaysWhatIsMissing) {
  const ProcessOutcome outcome =
      RunningProgram::of({"/usr/bin/env", path_without_network(), "XDG_CACHE_HOME=" + path("cache"),
                          script, "--", "true"})
          .wait();
  EXPECT_EQ(outcome.exit_status, cannot_be_had) << outcome.error;
  EXPECT_EQ(outcome.out, "");
  EXPECT_THAT(outcome.error, HasSubstr("with a network"));
  EXPECT_THAT(outcome.error, HasSubstr(path("cache")));
}

// Three guests, one after the other, on the same memory: a boot is what takes time.
TEST_F(GuestRun, PassesOnWhatTheCommandDoesAndKeepsWhatItIsTold) {
  const std::string in_tree = DAXLAB_SOURCE_DIR "/written_in_guest";
  const ProcessOutcome first = run_guest(
      {"--pmem", "64M", "--keep-pmem", path("image"), "--out", path("out"), "--", "bash", "-c",
       "echo $WORD; echo to stderr >&2; cat /proc/mounts >\"$1\"; echo 1 >\"$2\" && cat \"$2\"; "
       "echo 2 >/mnt/ext4-dax/kept; echo 3 >/mnt/xfs/kept; exit 42",
       "bash", path("out/mounts"), in_tree},
      {"WORD=to stdout"});
  if (first.exit_status == cannot_be_had) GTEST_SKIP() << first.error;
  EXPECT_EQ(first.exit_status, 42) << first.error;
  EXPECT_EQ(first.out, "to stdout\n1\n");
  EXPECT_THAT(first.error, HasSubstr("to stderr\n"));
  EXPECT_THAT(text_of("out/mounts"), HasSubstr("/mnt/xfs-dax"));
  EXPECT_FALSE(std::filesystem::exists(in_tree)) << "the guest wrote to this machine";

  const ProcessOutcome second = run_guest(
      {"--pmem", "64M", "--keep-pmem", path("image"), "--", "bash", "-c",
       "cat /mnt/ext4-dax/kept /mnt/xfs/kept; umount /mnt/xfs; wipefs -aq /dev/pmem0.1p4; sync; "
       "echo c >/proc/sysrq-trigger"});
  EXPECT_EQ(second.exit_status, died);
  EXPECT_EQ(second.out, "2\n3\n");
  EXPECT_THAT(second.error, HasSubstr("sysrq: Trigger a crash"));

  // What is damaged is not made anew.
  const ProcessOutcome third =
      run_guest({"--pmem", "64M", "--keep-pmem", path("image"), "--", "true"});
  EXPECT_EQ(third.exit_status, died);
  EXPECT_THAT(third.error, HasSubstr("mount: /mnt/xfs: "));

  const ProcessOutcome fourth =
      run_guest({"--pmem", "128M", "--keep-pmem", path("image"), "--", "true"});
  EXPECT_EQ(fourth.exit_status, 2);
  EXPECT_THAT(fourth.error, HasSubstr("made with another --pmem"));
}

TEST_F(GuestRun, EndsWhenTheTimeIsOver) {
  const ProcessOutcome outcome = run_guest({"--time-limit", "1", "--", "true"});
  if (outcome.exit_status == cannot_be_had) GTEST_SKIP() << outcome.error;
  EXPECT_EQ(outcome.exit_status, out_of_time);
  EXPECT_THAT(outcome.error, HasSubstr("--time-limit"));
}

struct Debian12 {
  static constexpr const char* name = "Linux_6_1";
  static inline const std::vector<std::string> options = {"--kernel", "6.1", "--mode", "nvdimm"};
};
struct Backports {
  static constexpr const char* name = "Linux_6_12";
  static inline const std::vector<std::string> options = {"--kernel", "6.12", "--mode", "memmap"};
};

TEST(GuestDeaths, ThreeAreSurvived) {
  const ProcessOutcome outcome =
      RunningProgram::of({DAXLAB_SOURCE_DIR "/harness/guest/deaths", "3"},
                         {"DAXLAB_TESTS=" DAXLAB_TESTS})
          .wait();
  if (outcome.exit_status == cannot_be_had) GTEST_SKIP() << outcome.error;
  EXPECT_EQ(outcome.exit_status, 0) << outcome.out << outcome.error;
  EXPECT_THAT(outcome.out, HasSubstr("3 of 3 guest deaths"));
}

// One guest of each kernel and mode, with all checks. Their own output comes before that of the
// case here, so that theirs are counted.
template <typename Guest>
class GuestChecks : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    std::vector<std::string> words = Guest::options;
    words.insert(words.end(), {"--", DAXLAB_SOURCE_DIR "/harness/guest/checks", DAXLAB_TESTS});
    outcome_ = run_guest(words);
    std::printf("%s\n", outcome_.out.c_str());
    std::fflush(stdout);
  }
  static inline ProcessOutcome outcome_;
};

struct NameOfGuest {
  template <typename Guest>
  static std::string GetName(int) {
    return Guest::name;
  }
};

using Guests = testing::Types<Debian12, Backports>;
TYPED_TEST_SUITE(GuestChecks, Guests, NameOfGuest);

TYPED_TEST(GuestChecks, Pass) {
  const ProcessOutcome& outcome = TestFixture::outcome_;
  if (outcome.exit_status == cannot_be_had) GTEST_SKIP() << outcome.error;
  EXPECT_EQ(outcome.exit_status, 0) << outcome.error;
}

}  // namespace
}  // namespace daxlab
