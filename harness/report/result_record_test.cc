#include "harness/report/result_record.h"

#include <gtest/gtest.h>

#include "core/base/json.h"

namespace daxlab {
namespace {

ErrorOr<ResultRecord> read_text(std::string_view text) { return read_result(json_or_null(text)); }

TEST(ResultRecord, ReadsNameTimesAndCounters) {
  const auto read = read_text(R"(
    {"name": "hole_read:size=1GiB/mmu/memfd/page_zero/partial/first_fit/threads:2",
     "run_type": "iteration", "family_index": 4, "repetitions": 5, "repetition_index": 3,
     "threads": 2, "iterations": 1, "real_time": 1.5, "cpu_time": 1.0, "time_unit": "us",
     "label": "medium=memfd flush_instruction=clwb", "faults_read": 7.0})");
  ASSERT_TRUE(read.ok()) << read.error().message;
  const ResultRecord& record = read.value();
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
  EXPECT_EQ(record.iterations, 1);
  EXPECT_EQ(record.real_time_ns, 1500);
  EXPECT_EQ(record.cpu_time_ns, 1000);
  EXPECT_EQ(record.label, "medium=memfd flush_instruction=clwb");
  EXPECT_FALSE(record.failure.has_value());
  EXPECT_EQ(record.counter("faults_read"), 7.0);
  EXPECT_FALSE(record.counter("faults_write").has_value());
  EXPECT_EQ(record.counters.size(), 1u);
}

TEST(ResultRecord, ReadsFailures) {
  const std::string start = R"({"name": "w/mmu/memfd/a/b/c", "real_time": 0.0, )";
  const auto died = read_text(start + R"("error_occurred": true, "error_message": "died"})");
  ASSERT_TRUE(died.ok()) << died.error().message;
  EXPECT_EQ(died.value().failure, "died");
  EXPECT_EQ(died.value().parts.threads, 1u);
  EXPECT_EQ(read_text(start + R"("error_occurred": true})").value().failure,
            "failed without a message");
  EXPECT_FALSE(read_text(start + R"("error_occurred": false})").value().failure.has_value());
}

TEST(ResultRecord, RefusesWhatIsNoResult) {
  for (const char* text :
       {"", "[]", "{}", R"({"name": 3, "real_time": 1.0})", R"({"name": "BM_x", "real_time": 1.0})",
        R"({"name": "w/mmu/memfd/a/b/c/threads:x", "real_time": 1.0})",
        R"({"name": "w/mmu/memfd/a/b/c"})",
        R"({"name": "w/mmu/memfd/a/b/c", "real_time": 1.0, "repetition_index": "1"})"}) {
    EXPECT_FALSE(read_text(text).ok()) << text;
  }
}

TEST(ResultRecord, RefusesWhatIsNoHistogram) {
  const std::string start = R"({"name": "w/mmu/memfd/a/b/c", "real_time": 0.0, )";
  EXPECT_TRUE(read_text(start + R"("latency_histogram": []})").ok());
  for (const char* wrong : {"[[1, 2], [3]]", "[[1, 2, 3]]", "[[1, -2]]", "[1, 2]", "[[1.5, 2]]"}) {
    const auto read = read_text(start + R"("latency_histogram": )" + wrong + "}");
    ASSERT_FALSE(read.ok()) << wrong;
    EXPECT_NE(read.error().message.find("latency_histogram is no list"), std::string::npos);
  }
}

// The form of Google Benchmark's own reporter, which its tools read.
TEST(ResultRecord, IsWrittenAsTheLibraryWritesIt) {
  ResultRecord record;
  record.name = "w/mmu/memfd/a/b/c/threads:2";
  record.parts = *NameParts::of(record.name);
  record.family_index = 3;
  record.repetitions = 5;
  record.repetition_index = 1;
  record.iterations = 1;
  record.real_time_ns = 1234567.0625;
  record.cpu_time_ns = 0.1;
  record.counters = {{"operations", 12.0}, {"extra", 1e300}};
  record.label = "medium=memfd";
  EXPECT_EQ(
      result_json(record).dump(),
      R"({"name":"w/mmu/memfd/a/b/c/threads:2","family_index":3,"per_family_instance_index":0,)"
      R"("run_name":"w/mmu/memfd/a/b/c/threads:2","run_type":"iteration","repetitions":5,)"
      R"("repetition_index":1,"threads":2,"iterations":1,"real_time":1234567.0625,)"
      R"("cpu_time":0.1,"time_unit":"ns","extra":1e+300,"operations":12.0,)"
      R"("label":"medium=memfd"})");
  record.failure = "died\nof \"something\"";
  record.failure_kind = FailureKind::crash;
  record.counters.clear();
  record.label.clear();
  EXPECT_EQ(
      result_json(record).dump(),
      R"({"name":"w/mmu/memfd/a/b/c/threads:2","family_index":3,"per_family_instance_index":0,)"
      R"("run_name":"w/mmu/memfd/a/b/c/threads:2","run_type":"iteration","repetitions":5,)"
      R"("repetition_index":1,"threads":2,"error_occurred":true,)"
      R"("error_message":"died\nof \"something\"","failure_kind":"crash","iterations":1,)"
      R"("real_time":1234567.0625,"cpu_time":0.1,"time_unit":"ns"})");
}

TEST(ResultRecord, WhatIsWrittenComesBack) {
  ResultRecord record;
  record.name = "w/mmu/memfd/a/b/c/threads:16";
  record.parts = *NameParts::of(record.name);
  record.repetition_index = 2;
  record.real_time_ns = 1.0 / 3;
  record.counters = {{"p50_ns", 1e-9}, {"most", 1.7976931348623157e308}};
  record.failure = "";
  record.histograms = {{"fault_latency_histogram", {{0, 1}}},
                       {"latency_histogram", {{100, 7}, {UINT64_MAX - 63, 1}}}};
  const auto read = read_text(result_json(record).dump());
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(result_json(read.value()).dump(), result_json(record).dump());
  EXPECT_EQ(read.value().counters, record.counters);
  EXPECT_EQ(read.value().histograms, record.histograms);
  EXPECT_EQ(read.value().failure, "");
}

}  // namespace
}  // namespace daxlab
