#include "harness/report/result_record.h"

#include <gtest/gtest.h>

namespace daxlab {
namespace {

TEST(ResultRecord, ReadsNameTimesAndCounters) {
  const auto records = parse_records(R"({"context": {}, "benchmarks": [
    {"name": "hole_read:size=1GiB/mmu/memfd/page_zero/partial/first_fit/threads:2",
     "run_type": "iteration", "family_index": 4, "repetitions": 5, "repetition_index": 3,
     "threads": 2, "iterations": 1, "real_time": 1.5, "cpu_time": 1.0, "time_unit": "us",
     "label": "medium=memfd flush_instruction=clwb", "faults_read": 7.0}]})");
  ASSERT_TRUE(records.ok()) << records.error().message;
  ASSERT_EQ(records.value().size(), 1u);
  const ResultRecord& record = records.value()[0];
  EXPECT_EQ(record.parts.workload, "hole_read:size=1GiB");
  EXPECT_EQ(record.parts.engine, "mmu");
  EXPECT_EQ(record.parts.medium, "memfd");
  EXPECT_EQ(record.parts.fault, "page_zero");
  EXPECT_EQ(record.parts.write, "partial");
  EXPECT_EQ(record.parts.alloc, "first_fit");
  EXPECT_EQ(record.parts.threads, 2u);
  EXPECT_EQ(record.family_index, 4);
  EXPECT_EQ(record.repetition_index, 3);
  EXPECT_EQ(record.repetitions, 5);
  EXPECT_EQ(record.real_time_ns, 1500);
  EXPECT_EQ(record.cpu_time_ns, 1000);
  EXPECT_FALSE(record.failure.has_value());
  EXPECT_EQ(record.counter("faults_read"), 7.0);
  EXPECT_FALSE(record.counter("faults_write").has_value());
  EXPECT_EQ(record.counters.size(), 1u);
}

TEST(ResultRecord, ReadsFailuresAndLeavesOutAggregates) {
  const auto records = parse_records(R"({"context": {}, "benchmarks": [
    {"name": "w/mmu/memfd/a/b/c_mean", "run_type": "aggregate", "real_time": 1.0},
    {"name": "w/mmu/memfd/a/b/c", "run_type": "iteration", "real_time": 0.0,
     "error_occurred": true, "error_message": "died"}]})");
  ASSERT_TRUE(records.ok()) << records.error().message;
  ASSERT_EQ(records.value().size(), 1u);
  EXPECT_EQ(records.value()[0].failure, "died");
  EXPECT_EQ(records.value()[0].parts.threads, 1u);
}

TEST(ResultRecord, RefusesWhatIsNoResult) {
  for (const char* text :
       {"", "{}", R"({"benchmarks": [{}]})",
        R"({"benchmarks": [{"name": "BM_x", "real_time": 1.0}]})",
        R"({"benchmarks": [{"name": "w/mmu/memfd/a/b/c/threads:x", "real_time": 1.0}]})",
        R"({"benchmarks": [{"name": "w/mmu/memfd/a/b/c"}]})"}) {
    EXPECT_FALSE(parse_records(text).ok()) << text;
  }
}

}  // namespace
}  // namespace daxlab
