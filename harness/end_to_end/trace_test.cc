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
    if (event["ph"].text() == "M") {
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

TEST_F(Traced, ACellThatCrashesKeepsWhatItHas) {
  run_traced(preamble +
             "write: partial\nalloc: first_fit\nmatrix: {fault: [global_zero, abort_in_mkwrite]}\n"
             "workloads: [{name: mkwrite, size: 64KiB}]\n");
  EXPECT_EQ(outcome_.exit_status, 1);
  std::map<std::string, size_t> names;
  for (const Json& event : json_in(trace_path()).items()) {
    names[event["ph"].text() == "M" ? event["args"]["name"].text() : event["name"].text()] += 1;
  }
  EXPECT_EQ(names["mkwrite"], 16u);  // of the one that is right
  size_t processes = 0;
  for (const auto& [name, events] : names) processes += name.ends_with(" run 1") ? events : 0;
  EXPECT_EQ(processes, 2u);
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
