// Linked with tests of the strategies into a program in which userfaultfd is forbidden from the
// start, as in a container: they all have to pass by SIGSEGV alone.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/userfaultfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>

#include "harness/run/system_call_filter.h"
#include "harness/strategies/named_lab.h"

namespace daxlab {
namespace {

[[maybe_unused]] const bool forbidden = [] {
  const auto error = forbid_userfaultfd();
  if (!error) return true;
  std::fprintf(stderr, "%s\n", error->message.c_str());
  std::exit(1);
}();

TEST(UserfaultfdForbidden, TheKernelSaysSo) {
  errno = 0;
  EXPECT_EQ(syscall(SYS_userfaultfd, O_CLOEXEC | UFFD_USER_MODE_ONLY), -1);
  EXPECT_EQ(errno, EPERM);
}

TEST(UserfaultfdForbidden, TheLabSaysHowItsFaultsAreDelivered) {
  EXPECT_EQ(make_lab({})->facts().fault_delivery, "SIGSEGV alone");
  EXPECT_EQ(make_lab({.engine = EngineKind::simulator})->facts().fault_delivery, "simulated");
}

// A page that was read is a kernel mapping of its own, until its neighbours are read as well.
TEST(UserfaultfdForbidden, EachRunOfTouchedHolePagesIsAKernelMapping) {
  constexpr uint64_t pages = 64;
  for (const char* fault : {"global_zero", "page_zero"}) {
    SCOPED_TRACE(fault);
    auto lab = make_lab({.fault = fault});
    auto file = lab->files().create("file").take();
    ASSERT_TRUE(file->truncate(pages * page_bytes).ok());
    auto view = file->map({0, pages}).take();
    auto mappings = [&] { return lab->counters().level(Peak::kernel_mappings); };
    for (uint64_t page = 0; page < pages; page += 2) EXPECT_EQ(view->load(page * page_bytes), 0u);
    EXPECT_EQ(mappings(), int64_t{pages});
    for (uint64_t page = 1; page < pages; page += 2) EXPECT_EQ(view->load(page * page_bytes), 0u);
    EXPECT_EQ(mappings(), 1);
  }
}

// Runs the program as a user would, in this process's filter.
struct Ended {
  int exit_code = -1;
  std::string output;
};
Ended daxlab(const std::string& arguments) {
  std::string command = DAXLAB_PROGRAM;
  command += " " + arguments + " 2>&1";
  Ended ended;
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return ended;
  for (int letter; (letter = std::getc(pipe)) != EOF;) {
    ended.output.push_back(static_cast<char>(letter));
  }
  const int status = pclose(pipe);
  if (WIFEXITED(status)) ended.exit_code = WEXITSTATUS(status);
  return ended;
}

class Folder {
 public:
  Folder() {
    std::string pattern = testing::TempDir() + "daxlab_XXXXXX";
    if (mkdtemp(pattern.data()) != nullptr) path_ = pattern;
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

TEST(UserfaultfdForbidden, RunFinishesEveryCellAndItsResultsSayHow) {
  Folder folder;
  const std::filesystem::path config = folder.path() / "small.yaml";
  const std::filesystem::path result = folder.path() / "result.json";
  std::ofstream(config) << "region: {medium: memfd, size: 16MiB}\n"
                           "engine: mmu\n"
                           "alloc: first_fit\n"
                           "repetitions: 1\n"
                           "matrix:\n"
                           "  fault: [page_zero, global_zero, native_zero, alloc_on_read]\n"
                           "  write: [partial, atomic]\n"
                           "workloads:\n"
                           "  - {name: hole_read, size: 1MiB}\n"
                           "  - {name: mkwrite, size: 1MiB}\n"
                           "  - {name: enospc, threads: 2}\n";
  Ended ended = daxlab("run " + config.string() + " --out " + result.string());
  EXPECT_EQ(ended.exit_code, 0) << ended.output;
  std::ifstream file(result);
  const std::string json{std::istreambuf_iterator<char>(file), {}};
  EXPECT_NE(json.find("SIGSEGV alone"), std::string::npos) << json.substr(0, 4000);
  EXPECT_EQ(json.find("userfaultfd + SIGSEGV"), std::string::npos);
}

// A filter is of a thread and of what it starts.
TEST(UserfaultfdForbidden, WhereThereAreNoFiltersRunRefusesToForbidIt) {
  Folder folder;
  const std::filesystem::path config = folder.path() / "small.yaml";
  std::ofstream(config) << "region: {size: 16MiB}\nworkloads: [{name: mkwrite, size: 64KiB}]\n";
  Ended refused, allowed;
  std::thread([&] {
    const auto error = forbid_system_call(SYS_seccomp, ENOSYS);
    EXPECT_FALSE(error.has_value()) << error->message;
    refused = daxlab("run --no-userfaultfd " + config.string());
    allowed = daxlab("run " + config.string());
  }).join();
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_EQ(refused.output,
            "daxlab run: userfaultfd cannot be forbidden to cell "
            "'mkwrite:size=64KiB/mmu/memfd/global_zero/partial/first_fit/threads:1': system call "
            "filters (seccomp) are not to be had here: Function not implemented; allow it, or run "
            "where filters are to be had\n");
  EXPECT_EQ(allowed.exit_code, 0) << allowed.output;
}

TEST(UserfaultfdForbidden, DoctorSaysThatTheEngineRunsAndWhatThatCosts) {
  Ended ended = daxlab("doctor");
  EXPECT_EQ(ended.exit_code, 0) << ended.output;
  EXPECT_NE(ended.output.find("SIGSEGV alone"), std::string::npos) << ended.output;
  EXPECT_NE(ended.output.find("The mmu engine can run here"), std::string::npos) << ended.output;
}

}  // namespace
}  // namespace daxlab
