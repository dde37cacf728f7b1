// What `daxlab run --trace` writes, against what the same run counted.
#include <gmock/gmock.h>

#include <map>

#include "harness/end_to_end/experiment.h"

namespace daxlab {
namespace {

using testing::HasSubstr;

class Traced : public Experiment {
 protected:
  std::filesystem::path trace_path() const { return folder_ / "trace.json"; }
  void run_traced(const std::string& yaml) { run(yaml, {"--trace", trace_path()}); }
};

constexpr const char* storm =
    "fault: global_zero\nwrite: partial\nalloc: first_fit\nrepetitions: 2\n"
    "workloads: [{name: punch_storm, size: 64KiB, operations: 200, threads: 2}]\n";

TEST_F(Traced, HasEachFaultAndOperationOnce) {
  run_traced(preamble + storm);
  ASSERT_EQ(outcome_.exit_status, 0) << outcome_.error;
  EXPECT_THAT(outcome_.out, HasSubstr("traced: times are longer for it\n"));
  std::map<std::string, double> seen;
  std::map<uint64_t, std::string> processes;
  double handled_ns = 0;
  const Json trace = json_in(trace_path());
  for (const Json& event : trace.items()) {
    const uint64_t process = event["pid"].as_unsigned().value_or(0);
    if (event["name"].text() == "process_name") {
      processes[process] = event["args"]["name"].text();
      continue;
    }
    ASSERT_TRUE(processes.contains(process));
    EXPECT_EQ(event["ph"].text(), "X");
    EXPECT_GT(event["tid"].as_unsigned().value_or(0), 0u);
    ++seen[event["name"].text()];
    if (event["cat"].text() != "fault") continue;
    const Json& facts = event["args"];
    EXPECT_LT(facts["pgoff"].as_unsigned().value_or(99), 16u);
    EXPECT_THAT(facts["address"].text(), testing::StartsWith("0x"));
    EXPECT_EQ(facts["result"].text(), "ok");
    handled_ns += event["dur"].as_double().value_or(0) * 1000;
    double parts_ns = 0;
    for (const auto& [key, value] : facts.members()) {
      if (key.ends_with("_ns")) parts_ns += value.as_double().value_or(0);
    }
    EXPECT_LE(parts_ns, event["dur"].as_double().value_or(0) * 1000 + 1);
  }
  ASSERT_EQ(processes.size(), 2u);
  const std::string name = processes.begin()->second;
  EXPECT_THAT(name, HasSubstr("punch_storm"));
  const auto counted = [&](const char* counter) {
    double sum = 0;
    for (const Json& record : records(name.substr(0, name.rfind(" run")))) {
      sum += record[counter].as_double().value_or(0);
    }
    return sum;
  };
  EXPECT_EQ(seen["operation"], counted("operations"));
  EXPECT_GT(counted("operations"), 0);
  EXPECT_EQ(counted("page_faults"), 0) << "tracing takes some of its own";
  EXPECT_EQ(seen["read fault"], counted("faults_read"));
  EXPECT_EQ(seen["write fault"], counted("faults_write"));
  EXPECT_EQ(seen["mkwrite"] + seen["make writable"], counted("faults_mkwrite"));
  EXPECT_EQ(seen["write"], counted("write_calls"));
  EXPECT_EQ(seen["read"], counted("read_calls"));
  EXPECT_GT(seen["punch"], 0);
  EXPECT_GT(handled_ns, 0);
}

TEST_F(Traced, IsReadBySomebodyElse) {
  if (RunningProgram::shell("command -v python3").wait().exit_status != 0) {
    GTEST_SKIP() << "needs python3";
  }
  run_traced(preamble + storm);
  const ProcessOutcome python =
      RunningProgram::of({"/usr/bin/env", "python3", "-c",
                          "import json, sys\n"
                          "events = json.load(open(sys.argv[1]))\n"
                          "slices = [event for event in events if event['ph'] == 'X']\n"
                          "assert all(event['dur'] >= 0 for event in slices)\n"
                          "print(sum(event['name'] == 'operation' for event in slices))\n",
                          trace_path()})
          .wait();
  EXPECT_EQ(python.out, "400\n") << python.error;
}

// It dies at the first store to a page that was read, which is a fault of the same cell.
TEST_F(Traced, ACellThatCrashesKeepsWhatItHas) {
  run_traced(preamble +
             "write: partial\nalloc: first_fit\nmatrix: {fault: [global_zero, abort_in_mkwrite]}\n"
             "workloads: [{name: punch_storm, size: 64KiB, operations: 200}]\n");
  EXPECT_EQ(outcome_.exit_status, 1);
  std::map<uint64_t, std::string> processes;
  std::map<std::string, size_t> seen;  // "crashed read fault"
  for (const Json& event : json_in(trace_path()).items()) {
    std::string& process = processes[event["pid"].as_unsigned().value_or(0)];
    if (event["name"].text() == "process_name") {
      const bool crashes =
          event["args"]["name"].text().find("abort_in_mkwrite") != std::string::npos;
      process = crashes ? "crashed " : "whole ";
      continue;
    }
    ++seen[process + event["name"].text()];
  }
  EXPECT_EQ(processes.size(), 2u);
  EXPECT_EQ(seen["whole operation"], 200u);
  EXPECT_GT(seen["whole mkwrite"], 0u);
  EXPECT_GT(seen["crashed read fault"], 0u);
  EXPECT_EQ(seen["crashed mkwrite"], 0u);
  EXPECT_LT(seen["crashed operation"], 200u);
}

TEST_F(Traced, WhereItCannotBeWrittenNothingRuns) {
  run(one_cell, {"--trace", folder_ / "no" / "trace.json"});
  EXPECT_EQ(outcome_.exit_status, 2);
  EXPECT_THAT(outcome_.error, HasSubstr("--trace "));
  EXPECT_FALSE(has_results());
  run(one_cell, {"--trace", results_path()});
  EXPECT_EQ(outcome_.exit_status, 2);
  EXPECT_FALSE(has_results());
}

}  // namespace
}  // namespace daxlab
