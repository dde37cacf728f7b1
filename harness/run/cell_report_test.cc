#include "harness/run/cell_report.h"

#include <gtest/gtest.h>

#include "core/base/json.h"
#include "harness/run/benchmark_door.h"

namespace daxlab {
namespace {

CellReport a_report() {
  CellReport report;
  report.record =
      failed_record({"w/mmu/memfd/a/b/c/threads:2", 3, 1, 5, 2}, {"seen \"0x5\"\nhere"});
  report.record.real_time_ns = 1.0 / 3;
  report.record.counters = {{"operations", 12.0}, {"p50_ns", 1e-9}};
  report.record.label = "medium=memfd";
  report.record.histograms = {{"latency_histogram", {{1, 2}, {UINT64_MAX, 1}}}};
  report.context = {{"effective_medium", "memfd"}, {"flush_instruction", "clwb"}};
  return report;
}

TEST(CellReport, ComesThroughTheChannelAsItIs) {
  const CellReport report = a_report();
  const auto decoded = decode_cell_report(encode(report));
  ASSERT_TRUE(decoded.has_value());
  EXPECT_EQ(result_json(decoded->record), result_json(report.record));
  EXPECT_EQ(decoded->context, report.context);
}

TEST(CellReport, BytesThatAreNoTextAreReplaced) {
  CellReport report = a_report();
  report.record.failure = "found \xFF";
  const auto decoded = decode_cell_report(encode(report));
  ASSERT_TRUE(decoded.has_value());
  EXPECT_EQ(decoded->record.failure, "found \xEF\xBF\xBD");
}

TEST(CellReport, AnyOtherTextIsRefused) {
  for (const char* text :
       {"", "garbage", "[]", "{}", R"({"context": []})", R"({"context": [], "record": []})",
        R"({"context": [], "record": {"name": "x"}})",
        R"({"context": [], "record": {"real_time": 1.0}})",
        R"({"context": [], "record": {"name": "a/b/c/d/e/f", "real_time": "1.0"}})",
        R"({"context": {}, "record": {"name": "a/b/c/d/e/f", "real_time": 1.0}})",
        R"({"context": ["a"], "record": {"name": "a/b/c/d/e/f", "real_time": 1.0}})",
        R"({"context": [["a", 1]], "record": {"name": "a/b/c/d/e/f", "real_time": 1.0}})"}) {
    EXPECT_FALSE(decode_cell_report(text).has_value()) << text;
  }
  EXPECT_TRUE(
      decode_cell_report(R"({"context": [], "record": {"name": "a/b/c/d/e/f", "real_time": 1.0}})")
          .has_value());
}

const RunIdentity the_run{"w/mmu/memfd/p/q/r/threads:1", 7, 2, 4, 1};

TEST(CellReport, SaysNothingAboutWhichRunItWas) {
  const CellReport sent = a_report();
  const CellReport report = report_of_text(encode(sent), the_run);
  EXPECT_EQ(report.record.name, the_run.name);
  EXPECT_EQ(report.record.family_index, 7);
  EXPECT_EQ(report.record.repetition_index, 2);
  EXPECT_EQ(report.record.repetitions, 4);
  EXPECT_EQ(report.record.counters, sent.record.counters);
  EXPECT_EQ(report.record.failure, sent.record.failure);
}

TEST(CellReport, OfATextThatCannotBeReadIsAFailureOfThatRun) {
  const CellReport report = report_of_text("garbage", the_run);
  EXPECT_EQ(report.record.name, the_run.name);
  EXPECT_EQ(report.record.repetition_index, 2);
  EXPECT_EQ(report.record.failure, "the cell's process sent a result that cannot be read");
}

}  // namespace
}  // namespace daxlab
