#include "harness/report/junit_cells.h"

#include <gtest/gtest.h>

namespace daxlab {
namespace {

ResultRecord a_run(int64_t family, const std::string& workload, double wall_ns) {
  ResultRecord run;
  run.name = workload + "/mmu/memfd/page_zero/partial/first_fit/threads:1";
  run.parts = NameParts::of(run.name).value();
  run.family_index = family;
  run.counters["wall_ns"] = wall_ns;
  return run;
}

TEST(JunitCells, EachCellIsACaseOfItsWorkloadsSuite) {
  const auto cases =
      junit_cells({a_run(0, "read", 5e8), a_run(0, "read", 1e9), a_run(1, "write", 0)}, {});
  ASSERT_EQ(cases.size(), 2u);
  EXPECT_EQ(cases[0].suite, "read/threads:1");
  EXPECT_EQ(cases[0].name, "read/mmu/memfd/page_zero/partial/first_fit/threads:1");
  EXPECT_DOUBLE_EQ(cases[0].time_s, 1.5);
  EXPECT_FALSE(cases[0].failure.has_value());
  EXPECT_EQ(cases[1].suite, "write/threads:1");
}

TEST(JunitCells, AFailureHasItsKindItsFirstLineAndTheCommandThatRunsItAlone) {
  ResultRecord failed = a_run(0, "read", 0);
  failed.failure = "killed by SIGSEGV\nit printed: x";
  failed.failure_kind = FailureKind::crash;
  const auto cases = junit_cells({a_run(0, "read", 1e9), failed},
                                 [](const ResultRecord& run) { return "daxlab run " + run.name; });
  ASSERT_EQ(cases.size(), 1u);
  ASSERT_TRUE(cases[0].failure.has_value());
  EXPECT_EQ(cases[0].failure->kind, "crash");
  EXPECT_EQ(cases[0].failure->message, "killed by SIGSEGV");
  EXPECT_EQ(cases[0].failure->text,
            "killed by SIGSEGV\nit printed: x\nalone: daxlab run " + failed.name);
}

TEST(JunitCells, ASkippedCellIsNoFailure) {
  ResultRecord skipped = a_run(0, "read", 0);
  skipped.failure = "no room";
  skipped.failure_kind = FailureKind::skipped;
  const auto cases = junit_cells({skipped}, {});
  ASSERT_EQ(cases.size(), 1u);
  EXPECT_FALSE(cases[0].failure.has_value());
  EXPECT_EQ(cases[0].skipped, "no room");
}

}  // namespace
}  // namespace daxlab
