// The kernel's huge pages switched off, or without a zero page: holes that are read take no memory.
// The settings are the machine's: run alone, and put back also when the lab's process dies.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include "core/base/kernel_settings.h"
#include "harness/failures/kernel_calls.h"
#include "harness/strategies/named_lab.h"

namespace daxlab {
namespace {

const std::string huge_page_folder = "/sys/kernel/mm/transparent_hugepage/";

class Setting {
 public:
  Setting(const std::string& name, const std::string& value) : path_(huge_page_folder + name) {
    std::ifstream file(path_);
    std::string line;
    std::getline(file, line);
    const size_t open = line.find('[');
    before_ = open == line.npos ? line : line.substr(open + 1, line.find(']') - open - 1);
    set_ = (std::ofstream(path_) << value << std::flush).good();
  }
  ~Setting() { std::ofstream(path_) << before_; }
  bool is_set() const { return set_; }

 private:
  std::string path_, before_;
  bool set_ = false;
};

// Anonymous memory of the process, as /proc/self/status has it.
uint64_t anonymous_kib() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    std::istringstream words(line);
    std::string name;
    uint64_t kib = 0;
    if (words >> name >> kib && name == "RssAnon:") return kib;
  }
  return UINT64_MAX;
}

// Reads a hole of 256 MiB in a process of its own; KiB of memory that this took, or -1.
int64_t memory_of_a_hole_read(const std::string& fault, bool userfaultfd_forbidden) {
  int ends[2];
  if (pipe(ends) != 0) return -1;
  const pid_t child = fork();
  if (child == 0) {
    constexpr uint64_t pages = 65536;
    start({.userfaultfd_forbidden = userfaultfd_forbidden});
    auto lab = make_lab({.fault = fault});
    auto file = lab->files().create("file").take();
    if (!file->truncate(pages * page_bytes).ok()) _exit(1);
    auto view = file->map({0, pages}).take();
    const uint64_t before = anonymous_kib();
    for (uint64_t page = 0; page < pages; ++page) {
      if (view->load(page * page_bytes) != 0) _exit(2);
    }
    const auto taken = static_cast<int64_t>(anonymous_kib() - before);
    _exit(write(ends[1], &taken, sizeof taken) == sizeof taken ? 0 : 3);
  }
  close(ends[1]);
  int64_t taken = -1;
  if (read(ends[0], &taken, sizeof taken) != sizeof taken) taken = -1;
  close(ends[0]);
  waitpid(child, nullptr, 0);
  return taken;
}

constexpr const char* no_zero_page =
    "this kernel was booted without a zero page: holes that it serves are memory";

void expect_little_memory() {
  for (const bool forbidden : {false, true}) {
    for (const char* fault : {"native_zero", "global_zero:around=512"}) {
      const int64_t taken = memory_of_a_hole_read(fault, forbidden);
      EXPECT_GE(taken, 0) << fault;
      EXPECT_LT(taken, 4096) << fault << (forbidden ? " without userfaultfd" : "");
    }
  }
}

TEST(HugePageSettings, WithoutAHugeZeroPageHolesTakeNoMemory) {
  if (!kernel_has_zero_page()) GTEST_SKIP() << no_zero_page;
  Setting zero_page("use_zero_page", "0");
  Setting enabled("enabled", "always");
  if (!zero_page.is_set() || !enabled.is_set()) GTEST_SKIP() << "settings need privilege";
  expect_little_memory();
}

TEST(HugePageSettings, WithoutHugePagesHolesTakeNoMemory) {
  if (!kernel_has_zero_page()) GTEST_SKIP() << no_zero_page;
  Setting enabled("enabled", "never");
  if (!enabled.is_set()) GTEST_SKIP() << "settings need privilege";
  expect_little_memory();
}

TEST(HugePageSettings, AsTheyAreHolesTakeNoMemory) {
  if (!kernel_has_zero_page()) GTEST_SKIP() << no_zero_page;
  expect_little_memory();
}

}  // namespace
}  // namespace daxlab
