// kill -9 at random moments of histories on a region in a file: the region opens, nothing is wrong
// with it, and all that was stored is there. This alone proves little: a process dies, but the
// kernel keeps every store that it made, flushed or not, in the page cache. What a power failure
// would do is the matter of crashes_test.cc. Here the real opening, file and lock meet a real
// death, on both engines.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <new>
#include <string>
#include <tuple>

#include "core/base/owned_descriptor.h"
#include "core/base/sizes.h"
#include "core/region/region_file.h"
#include "harness/crash/interrupted_history.h"
#include "harness/histories/random.h"
#include "harness/strategies/named_lab.h"

namespace daxlab {
namespace {

// Of each write strategy on each engine.
const uint64_t deaths = rounds_by_each(120, 2 * write_variants().size());
constexpr uint64_t killed_region_bytes = 4 * MiB;  // space for any history
constexpr uint64_t longest_life_us = 10000;        // some five histories

// In the child: histories one after the other until it is killed.
[[noreturn]] void live(const NamedLab& names, uint64_t seed, HistoryProgress& progress, int ready) {
  std::unique_ptr<Lab> lab = make_lab(names);
  const uint64_t warm = seed;  // the first faults are slow
  for (;; ++seed) {
    if (const auto problem = run_interrupted_history(lab->files(), seed, progress)) {
      std::fprintf(stderr, "%s\n", problem->c_str());
      _exit(3);
    }
    if (seed == warm && write(ready, "", 1) != 1) _exit(4);
  }
}

class ProcessDeath : public testing::TestWithParam<std::tuple<EngineKind, std::string>> {
 protected:
  ProcessDeath() {
    path_ = std::filesystem::path(testing::TempDir()) /
            ("process_death." + std::to_string(getpid()) + ".region");
    std::filesystem::remove(path_);
    void* shared = mmap(nullptr, sizeof(HistoryProgress), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED) throw std::bad_alloc();
    progress_ = new (shared) HistoryProgress{};
  }
  ~ProcessDeath() override {
    munmap(progress_, sizeof(HistoryProgress));
    std::filesystem::remove(path_);
  }

  NamedLab names(uint64_t seed, CreateRegion create) const {
    const std::vector<std::string> faults = fault_variants();
    return {.engine = std::get<0>(GetParam()),
            .fault = faults[seed % faults.size()],
            .write = std::get<1>(GetParam()),
            .region_bytes = killed_region_bytes,
            .region_path = path_,
            .create = create};
  }

  void die_once(uint64_t seed);
  void look_at_what_is_left();
  void use_again(uint64_t seed);

  std::filesystem::path path_;
  HistoryProgress* progress_ = nullptr;
  uint64_t used_when_empty_ = 0;
  uint64_t in_flight_ = 0;  // deaths in the middle of an operation
};

// A child that lives for a random time: here a delay is the purpose. It has what forking leaves it,
// one thread, and no way back into the test.
void ProcessDeath::die_once(uint64_t seed) {
  int ends[2];
  ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
  OwnedDescriptor ready(ends[0]);
  OwnedDescriptor ready_in_child(ends[1]);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    live(names(seed, CreateRegion::never), seed * 1000, *progress_, ready_in_child.number());
  }
  ready_in_child = OwnedDescriptor();
  char byte = 0;
  const ssize_t told = read(ready.number(), &byte, 1);
  usleep(static_cast<useconds_t>(mix_bits(seed) % longest_life_us));
  kill(child, SIGKILL);
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_EQ(told, 1) << "the child ended before it began";
  ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << "status " << status;
}

void ProcessDeath::look_at_what_is_left() {
  in_flight_ += progress_->in_flight();
  SCOPED_TRACE(progress_->where());
  Counters counters;
  auto region = open_region_file({.path = path_}, counters);
  ASSERT_TRUE(region.ok()) << region.error().message;
  EXPECT_THAT(problems_left(*region.value(), *progress_, std::get<1>(GetParam()) == "atomic"),
              testing::IsEmpty());
}

// By the real opening; and nothing stays behind that would be missing later.
void ProcessDeath::use_again(uint64_t seed) {
  std::unique_ptr<Lab> lab = make_lab(names(seed, CreateRegion::never));
  auto left = lab->file_names();
  ASSERT_TRUE(left.ok()) << left.error().message;
  for (const std::string& name : left.value()) ASSERT_TRUE(lab->files().unlink(name).ok()) << name;
  const SpaceUse use = lab->files().space_use();
  EXPECT_EQ(use.used_blocks, used_when_empty_);
  EXPECT_EQ(use.used_blocks + use.free_blocks, use.total_blocks);
}

TEST_P(ProcessDeath, LeavesARegionWithEverythingThatWasStored) {
  used_when_empty_ = make_lab(names(0, CreateRegion::always))->files().space_use().used_blocks;
  for (uint64_t death = 0; death < deaths; ++death) {
    const uint64_t seed = first_seed() * deaths + death;
    SCOPED_TRACE("death " + std::to_string(seed));
    ASSERT_NO_FATAL_FAILURE(die_once(seed));
    ASSERT_NO_FATAL_FAILURE(look_at_what_is_left());
    ASSERT_NO_FATAL_FAILURE(use_again(seed));
    if (HasFailure()) break;
  }
  EXPECT_GT(in_flight_, 0u) << "all died between operations: that is no test";
  RecordProperty("in_flight", static_cast<int>(in_flight_));
}

INSTANTIATE_TEST_SUITE_P(Labs, ProcessDeath,
                         testing::Combine(testing::Values(EngineKind::mmu, EngineKind::simulator),
                                          testing::ValuesIn(write_variants())),
                         [](const auto& test) {
                           const bool mmu = std::get<0>(test.param) == EngineKind::mmu;
                           return (mmu ? "mmu_" : "simulator_") + std::get<1>(test.param);
                         });

}  // namespace
}  // namespace daxlab
