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

TEST(MemoryGroupTooSmall, FailsTheCellThatNeedsMoreAndNoOther) {
  MemoryGroup group(uint64_t{160} << 20);
  if (!group.is_there()) GTEST_SKIP() << "this machine lets us make no memory cgroup";
  std::string folder = testing::TempDir() + "daxlab_XXXXXX";
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  // A cached page for each page of the hole, or none.
  std::ofstream(folder + "/small.yaml")
      << "region: {medium: memfd, size: 16MiB}\n"
         "engine: mmu\n"
         "alloc: first_fit\n"
         "write: partial\n"
         "repetitions: 1\n"
         "matrix:\n"
         "  fault: [{name: page_zero, around: 512}, native_zero]\n"
         "workloads:\n"
         "  - {name: hole_read, size: 1GiB}\n";
  const std::string command = "echo $$ > " + group.processes().string() + " && exec " +
                              DAXLAB_PROGRAM + " run " + folder + "/small.yaml 2>&1";
  FILE* pipe = popen(("sh -c '" + command + "'").c_str(), "r");
  ASSERT_NE(pipe, nullptr);
  std::string output;
  for (int letter; (letter = std::getc(pipe)) != EOF;) output.push_back(static_cast<char>(letter));
  const int status = pclose(pipe);
  std::filesystem::remove_all(folder);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 1) << output;
  EXPECT_NE(output.find("SIGKILL"), std::string::npos) << output;
  EXPECT_NE(output.find("memory"), std::string::npos) << output;
  EXPECT_NE(output.find("native_zero"), std::string::npos) << output;
}

}  // namespace
}  // namespace daxlab
