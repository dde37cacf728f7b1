// Programs of several real threads on every shipped fault strategy: no judge accuses it.
#include <gtest/gtest.h>

#include "harness/crash/garbage.h"
#include "harness/histories/flawed_file_system.h"
#include "harness/judges/judge_all.h"
#include "harness/strategies/named_lab.h"

namespace daxlab {
namespace {

const std::vector<std::string> threaded_faults = {"page_zero", "global_zero", "native_zero",
                                                  "alloc_on_read"};
constexpr uint64_t programs_of_all = 80;  // with two write strategies each

// The lab holds no files. What cannot be run fails the test.
ConcurrentEvidence run(Lab& lab, const ConcurrentProgram& program) {
  ConcurrentEvidence evidence;
  evidence.program = program;
  evidence.garbage_seed = program.seed + 1;
  evidence.garbage_blocks = fill_free_blocks(lab.region_bytes(), evidence.garbage_seed);
  evidence.before = look_at(lab);
  auto events = run_program(lab.files(), program);
  EXPECT_TRUE(events.ok()) << events.error().message;
  if (events.ok()) evidence.events = events.take();
  evidence.emptied = look_at(lab);
  return evidence;
}

class Threads : public testing::TestWithParam<std::string> {};

TEST_P(Threads, AreAccusedOfNothing) {
  const uint64_t programs = explored_by_each(programs_of_all, 2 * threaded_faults.size());
  for (const std::string write : {"partial", "atomic"}) {
    auto lab = make_lab({.fault = GetParam(), .write = write, .region_bytes = uint64_t{2} << 20});
    for (uint64_t seed = first_seed(); seed < first_seed() + programs; ++seed) {
      const auto truncates = seed % 2 == 0 ? Truncates::some : Truncates::none;
      const auto threads = static_cast<uint32_t>(2 + seed % 2);
      ConcurrentEvidence evidence = run(*lab, random_concurrent_program(seed, threads, truncates));
      evidence.all_or_nothing = evidence.atomic_writes = write == "atomic";
      ASSERT_GT(evidence.events.size(), 100u);
      const auto verdict = judge_all(evidence);
      ASSERT_FALSE(verdict) << GetParam() << " / " << write << ", seed " << seed << ": "
                            << to_text(*verdict);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Judges, Threads, testing::ValuesIn(threaded_faults));

TEST(FlawedThreads, AWriteThatLosesStoresIsIncoherent) {
  FlawedFileSystem files(Flaw::copies_pages);
  std::optional<Verdict> verdict;
  for (uint64_t seed = 1; seed <= 200 && !verdict; ++seed) {
    ConcurrentEvidence evidence;
    evidence.program = random_concurrent_program(seed, 3);
    auto events = run_program(files, evidence.program);
    ASSERT_TRUE(events.ok());
    evidence.events = events.take();
    verdict = judge_all(evidence);
  }
  ASSERT_TRUE(verdict);
  EXPECT_EQ(verdict->judge, JudgeName::coherence);
}

}  // namespace
}  // namespace daxlab
