#include "harness/run/memory_probe.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "harness/run/cell_process_runs_test.h"
#include "harness/run/scratch_folder.h"

namespace daxlab {
namespace {

constexpr size_t mib = size_t{1} << 20;
// What a process grows by beside what a test makes it use: page tables, stack, allocator,
// sanitizers.
constexpr uint64_t slack_bytes = 4 * mib;

volatile char* touched(void* memory, size_t bytes) {
  auto* at = static_cast<volatile char*>(memory);
  for (size_t offset = 0; offset < bytes; offset += 4096) at[offset] = 1;
  return at;
}

void* anonymous(size_t bytes) {
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) _exit(9);
  madvise(memory, bytes, MADV_NOHUGEPAGE);
  return memory;
}

void* of_memfd(const char* name, size_t bytes) {
  const int fd = memfd_create(name, 0);
  if (fd < 0 || ftruncate(fd, static_cast<off_t>(bytes)) != 0) _exit(9);
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (memory == MAP_FAILED) _exit(9);
  return memory;
}

// Growth that the parent sees when a child does `work` between two handshakes.
uint64_t growth_of(const std::function<void()>& work, const std::filesystem::path& folder = {}) {
  CellProcessSpec spec;
  spec.time_limit = std::chrono::seconds(600);
  spec.plugin_of = [](PluginCallback) { return std::string("plugin"); };
  spec.measured_folder = folder;
  spec.body = [&](CellChannel& channel, CallLog&) {
    if (!channel.start_measuring().ok()) _exit(2);
    work();
    const auto growth = channel.measure();
    if (!growth.ok()) {
      fprintf(stderr, "%s\n", growth.error().message.c_str());
      _exit(3);
    }
    channel.send_result(std::to_string(growth.value().total_bytes()));
  };
  const CellOutcome outcome = run(spec);
  EXPECT_TRUE(outcome.result.has_value()) << outcome.failure.value_or(Failure{}).message;
  return std::stoull(outcome.result.value_or("0"));
}

TEST(MemoryProbe, SeesAnonymousMemoryOnlyOnceItIsTouched) {
  EXPECT_LT(growth_of([] { anonymous(64 * mib); }), slack_bytes);
  const uint64_t growth = growth_of([] { touched(anonymous(64 * mib), 64 * mib); });
  EXPECT_GE(growth, 64 * mib);
  EXPECT_LT(growth, 64 * mib + slack_bytes);
}

TEST(MemoryProbe, CountsBlocksOfPageCacheMemfdsMappedOrNotAndOnce) {
  const uint64_t growth = growth_of([] {
    const int fd = memfd_create(page_cache_memfd_name, 0);
    const int same = dup(fd);
    if (fd < 0 || same < 0 || fallocate(fd, 0, 0, 32 * mib) != 0) _exit(9);
  });
  EXPECT_GE(growth, 32 * mib);
  EXPECT_LT(growth, 32 * mib + slack_bytes);
  const uint64_t mapped =
      growth_of([] { touched(of_memfd(page_cache_memfd_name, 32 * mib), 32 * mib); });
  EXPECT_GE(mapped, 32 * mib);
  EXPECT_LT(mapped, 32 * mib + slack_bytes);
}

TEST(MemoryProbe, BlocksOfTheRegionAreTheLabsToCount) {
  EXPECT_LT(growth_of([] { touched(of_memfd("daxlab-region", 64 * mib), 64 * mib); }), slack_bytes);
}

TEST(MemoryProbe, CountsPageTables) {
  // One page in each 2 MiB needs a page table of 4 KiB beside it.
  const uint64_t growth = growth_of([] {
    auto* at = static_cast<volatile char*>(anonymous(2048 * mib));
    for (size_t offset = 0; offset < 2048 * mib; offset += 2 * mib) at[offset] = 1;
  });
  EXPECT_GE(growth, 2 * 1024 * 4096u);
  EXPECT_LT(growth, 2 * 1024 * 4096u + slack_bytes);
}

TEST(MemoryProbe, CountsOpenFilesOfTheFolderUnderTestUnlinkedOnesToo) {
  auto folder = ScratchFolder::make("/dev/shm");
  ASSERT_TRUE(folder.ok()) << folder.error().message;
  const auto path = folder.value().path();
  const auto work = [&] {
    const std::string name = path / "file";
    const int fd = open(name.c_str(), O_RDWR | O_CREAT, 0600);
    if (fd < 0 || fallocate(fd, 0, 0, 16 * mib) != 0 || unlink(name.c_str()) != 0) _exit(9);
  };
  const uint64_t growth = growth_of(work, path);
  EXPECT_GE(growth, 16 * mib);
  EXPECT_LT(growth, 16 * mib + slack_bytes);
  EXPECT_LT(growth_of(work), slack_bytes);
}

TEST(MemoryProbe, TheHighestGrowthStaysWhenMemoryIsGivenBack) {
  CellProcessSpec spec;
  spec.time_limit = std::chrono::seconds(600);
  spec.plugin_of = [](PluginCallback) { return std::string("plugin"); };
  spec.body = [&](CellChannel& channel, CallLog&) {
    if (!channel.start_measuring().ok()) _exit(2);
    void* memory = anonymous(32 * mib);
    touched(memory, 32 * mib);
    if (!channel.measure().ok()) _exit(3);
    munmap(memory, 32 * mib);
    channel.send_result(std::to_string(channel.measure().take().total_bytes()));
  };
  const CellOutcome outcome = run(spec);
  ASSERT_TRUE(outcome.result.has_value()) << outcome.failure.value_or(Failure{}).message;
  EXPECT_GE(std::stoull(*outcome.result), 32 * mib);
}

TEST(MemoryProbe, AnonymousMemoryAloneCanCountAnew) {
  MemoryPeak peak;
  peak.start({.anonymous_bytes = 10, .page_table_bytes = 20, .page_cache_bytes = 30});
  peak.start_anonymous({.anonymous_bytes = 100, .page_table_bytes = 200, .page_cache_bytes = 300});
  peak.add({.anonymous_bytes = 101, .page_table_bytes = 150, .page_cache_bytes = 0});
  EXPECT_EQ(peak.growth().anonymous_bytes, 1u);
  EXPECT_EQ(peak.growth().page_table_bytes, 180u);
  EXPECT_EQ(peak.growth().page_cache_bytes, 270u);
}

// It can be opened as long as nobody has reaped it, but not read.
TEST(MemoryProbe, AProcessThatHasJustDiedIsAnError) {
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) _exit(0);
  siginfo_t ended{};
  ASSERT_EQ(waitid(P_PID, static_cast<id_t>(child), &ended, WEXITED | WNOWAIT), 0);
  EXPECT_FALSE(measure_process(child, {}).ok());
  ASSERT_EQ(waitpid(child, nullptr, 0), child);
}

TEST(MemoryProbe, AProcessThatIsGoneIsAnError) {
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) _exit(0);
  ASSERT_EQ(waitpid(child, nullptr, 0), child);
  const auto figures = measure_process(child, {});
  ASSERT_FALSE(figures.ok());
  EXPECT_NE(figures.error().message.find("smaps_rollup"), std::string::npos);
}

}  // namespace
}  // namespace daxlab
