// Several cells at once, and cells on chosen CPUs.
#include <gmock/gmock.h>
#include <sched.h>
#include <signal.h>

#include "harness/end_to_end/campaign_process.h"

namespace daxlab {
namespace {

using testing::HasSubstr;

class Jobs : public CampaignExperiment {};

TEST_F(Jobs, GiveTheSameRecordsAndSayThatTimesDisturbEachOther) {
  const ProcessOutcome outcome = run_daxlab(run_words(many, {"--jobs", "4"}));
  EXPECT_EQ(outcome.exit_status, 0) << outcome.out << outcome.error;
  EXPECT_THAT(outcome.out, HasSubstr("up to 4 cells ran at once: times disturb each other\n"));
  EXPECT_EQ(keys_in_results().size(), many_runs);
  EXPECT_EQ(results_now()["context"]["jobs"], "4 at once: times disturb each other");
}

// A region file has one writer: two at once would fail.
TEST_F(Jobs, CellsOfOneRegionFileRunOneAfterTheOther) {
  const std::string region = (folder_ / "lab.pmem").string();
  const ProcessOutcome outcome = run_daxlab(run_words(
      "region: {medium: file, size: 16MiB, path: " + region +
          "}\nrepetitions: 5\n"
          "matrix: {fault: [page_zero, global_zero]}\nworkloads: [{name: mkwrite, size: 1MiB}]\n",
      {"--jobs", "4"}));
  EXPECT_EQ(outcome.exit_status, 0) << outcome.out << outcome.error;
  EXPECT_EQ(keys_in_results().size(), 10u);
}

TEST_F(Jobs, OneThatCrashesTakesNoOtherWithIt) {
  run("region: {size: 4MiB}\nrepetitions: 3\n"
      "matrix: {fault: [page_zero, abort_in_mkwrite, global_zero]}\n"
      "workloads: [{name: mkwrite, size: 1MiB}]\n",
      {"--jobs", "8"});
  EXPECT_EQ(outcome_.exit_status, 1) << outcome_.out << outcome_.error;
  EXPECT_THAT(outcome_.out, HasSubstr("2 of 3 cells passed, 1 failed\n"));
}

TEST_F(Jobs, AllOfThemAreEndedByCtrlC) {
  RunningProgram program = start(many, {"--jobs", "4"});
  wait_for_runs(5);
  program.signal(SIGINT);
  const ProcessOutcome outcome = program.wait();
  EXPECT_EQ(outcome.exit_status, 130) << outcome.out << outcome.error;
  EXPECT_THAT(line_after(outcome.out, "to go on: "), HasSubstr(" --jobs 4 "));
  const ProcessOutcome resumed =
      RunningProgram::shell(line_after(outcome.out, "to go on: ")).wait();
  EXPECT_EQ(resumed.exit_status, 0) << resumed.error;
  EXPECT_EQ(keys_in_results().size(), many_runs);
}

TEST_F(Jobs, AWrongNumberIsRefused) {
  for (const char* number : {"0", "-1", "many", "", "1025", "1.5"}) {
    const ProcessOutcome outcome = run_daxlab(run_words(many, {"--jobs", number}));
    EXPECT_EQ(outcome.exit_status, 2) << number << outcome.out;
    EXPECT_THAT(outcome.error, HasSubstr("--jobs")) << number;
    EXPECT_FALSE(has_results());
  }
}

std::vector<int> usable_cpus() {
  cpu_set_t set;
  CPU_ZERO(&set);
  EXPECT_EQ(sched_getaffinity(0, sizeof set, &set), 0);
  std::vector<int> cpus;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(cpu, &set)) cpus.push_back(cpu);
  }
  return cpus;
}

TEST_F(Jobs, ACellRunsOnItsCpusAndSaysSo) {
  const std::string cpu = std::to_string(usable_cpus().back());
  run_all_pass("region: {size: 4MiB}\ncpus: [" + cpu +
               "]\n"
               "workloads: [{name: mkwrite, size: 256KiB}]\n");
  EXPECT_EQ(results_["context"]["cpus"], cpu);
  EXPECT_THAT(results_["benchmarks"][0]["label"].text(), HasSubstr(" cpus=" + cpu));
}

TEST_F(Jobs, ACpuThatMayNotBeUsedIsRefusedBeforeAnythingRuns) {
  const std::string wrong = std::to_string(usable_cpus().back() + 1);
  const std::string yaml = "workloads: [hole_read, mkwrite]\ncpus: [" + wrong + "]\n";
  const ProcessOutcome outcome = run_daxlab(run_words(yaml));
  EXPECT_EQ(outcome.exit_status, 2) << outcome.out;
  EXPECT_EQ(outcome.out, "");
  EXPECT_THAT(outcome.error, HasSubstr("is to run on CPU " + wrong +
                                       ", which this process may not use; it may use "));
  EXPECT_FALSE(has_results());
}

}  // namespace
}  // namespace daxlab
