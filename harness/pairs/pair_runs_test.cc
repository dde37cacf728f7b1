#include "harness/pairs/pair_runs.h"

#include <gtest/gtest.h>

namespace daxlab {
namespace {

RunRecord a_record(double operations, const std::string& delivery, bool forbidden) {
  RunRecord record;
  record.result.counters["operations"] = operations;
  RecordedCell cell{.config = Json{{"seed", 7}}, .text = {}, .plugins = {}};
  if (forbidden) cell.config.set("userfaultfd", "forbidden");
  record.cell = std::make_shared<RecordedCell>(cell);
  record.context = std::make_shared<ContextEntries>(
      ContextEntries{{"effective_medium", "memfd"}, {"fault_delivery", delivery}});
  return record;
}

std::string wrong(const RunRecord& record) { return what_is_wrong(record).value_or("nothing"); }

TEST(PairRuns, ARunThatDidWhatTheTableSaysIsRight) {
  EXPECT_EQ(wrong(a_record(500, "userfaultfd + SIGSEGV", false)), "nothing");
  EXPECT_EQ(wrong(a_record(512, "SIGSEGV alone", false)), "nothing");  // a machine without it
  EXPECT_EQ(wrong(a_record(512, "SIGSEGV alone", true)), "nothing");
}

TEST(PairRuns, ARunThatDidNotIsWrongThoughItPassed) {
  EXPECT_EQ(wrong(a_record(499, "SIGSEGV alone", true)),
            "did 499 operations, of which 500 were expected at least");
  EXPECT_EQ(wrong(a_record(512, "userfaultfd + SIGSEGV", true)),
            "userfaultfd was forbidden, but faults came by 'userfaultfd + SIGSEGV'");
  RunRecord failed = a_record(512, "SIGSEGV alone", true);
  failed.result.failure = "killed by SIGBUS";
  EXPECT_EQ(wrong(failed), "killed by SIGBUS");
}

}  // namespace
}  // namespace daxlab
