// `daxlab run` in a memory cgroup that is too small for one of its cells.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace daxlab {
namespace {

// A memory cgroup, of version 1 or 2, with a limit; gone with this.
class MemoryGroup {
 public:
  explicit MemoryGroup(uint64_t limit_bytes) {
    const std::string name = "daxlab_test_" + std::to_string(getpid());
    for (const char* root : {"/sys/fs/cgroup/memory/", "/sys/fs/cgroup/"}) {
      std::error_code error;
      if (!std::filesystem::create_directory(root + name, error)) continue;
      path_ = root + name;
      for (const char* file : {"memory.limit_in_bytes", "memory.max"}) {
        if (!std::filesystem::exists(path_ / file)) continue;
        std::ofstream stream(path_ / file);
        limited_ = (stream << limit_bytes << std::flush).good();
      }
      if (limited_) return;
      std::filesystem::remove(path_, error);
    }
  }
  ~MemoryGroup() {
    std::error_code error;
    if (limited_) std::filesystem::remove(path_, error);
  }
  bool is_there() const { return limited_; }
  std::filesystem::path processes() const { return path_ / "cgroup.procs"; }

 private:
  std::filesystem::path path_;
  bool limited_ = false;
};

class MemoryGroupTooSmall : public testing::Test {
 protected:
  static constexpr uint64_t limit_bytes = uint64_t{160} << 20;

  void SetUp() override {
    if (!group_.is_there()) GTEST_SKIP() << "this machine lets us make no memory cgroup";
    folder_ = testing::TempDir() + "daxlab_XXXXXX";
    ASSERT_NE(mkdtemp(folder_.data()), nullptr);
  }
  void TearDown() override {
    if (!folder_.empty()) std::filesystem::remove_all(folder_);
  }

  // In the group; both of what it prints.
  std::string run(const std::string& yaml) {
    std::ofstream(folder_ + "/small.yaml") << yaml;
    const std::string command = "echo $$ > " + group_.processes().string() + " && exec " +
                                DAXLAB_PROGRAM + " run " + folder_ + "/small.yaml 2>&1";
    FILE* pipe = popen(("sh -c '" + command + "'").c_str(), "r");
    if (pipe == nullptr) return "popen failed";
    std::string output;
    for (int letter; (letter = std::getc(pipe)) != EOF;) {
      output.push_back(static_cast<char>(letter));
    }
    const int status = pclose(pipe);
    EXPECT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 1) << output;
    return output;
  }
  std::string limit_in_words() const {
    return " = 160 MiB in " + group_.processes().parent_path().string();
  }

  MemoryGroup group_{limit_bytes};
  std::string folder_;
};

bool has_swap() {
  std::ifstream meminfo("/proc/meminfo");
  for (std::string word; meminfo >> word;) {
    uint64_t kibibytes = 0;
    if (word == "SwapTotal:" && meminfo >> kibibytes) return kibibytes != 0;
  }
  return false;
}

TEST_F(MemoryGroupTooSmall, FailsTheCellThatNeedsMoreAndNoOther) {
  // A cached page for each page of the hole, or none.
  const std::string output =
      run("region: {medium: memfd, size: 16MiB}\n"
          "engine: mmu\n"
          "alloc: first_fit\n"
          "write: partial\n"
          "repetitions: 1\n"
          "matrix:\n"
          "  fault: [{name: page_zero, around: 512}, native_zero]\n"
          "workloads:\n"
          "  - {name: hole_read, size: 1GiB}\n");
  EXPECT_NE(output.find("killed by SIGKILL, by the kernel for want of memory: memory."),
            std::string::npos)
      << output;
  EXPECT_NE(output.find(limit_in_words() + "; use a smaller region"), std::string::npos) << output;
  EXPECT_NE(output.find("native_zero"), std::string::npos) << output;
}

TEST_F(MemoryGroupTooSmall, ARegionThatCannotFitIsRefusedAndNothingIsKilled) {
  if (has_swap()) GTEST_SKIP() << "this machine has swap, where the region might fit";
  const std::string output =
      run("region: {medium: memfd, size: 161MiB}\n"
          "engine: mmu\n"
          "alloc: first_fit\n"
          "write: partial\n"
          "fault: native_zero\n"
          "repetitions: 1\n"
          "workloads:\n"
          "  - {name: hole_read, size: 1MiB}\n");
  EXPECT_NE(output.find("warning: cell 'hole_read:size=1MiB/"), std::string::npos) << output;
  EXPECT_NE(output.find("of which this process gets 160 MiB at most: memory."), std::string::npos)
      << output;
  EXPECT_NE(output.find(limit_in_words() + "; give less"), std::string::npos) << output;
  EXPECT_EQ(output.find("SIGKILL"), std::string::npos) << output;
}

}  // namespace
}  // namespace daxlab
