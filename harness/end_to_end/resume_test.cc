// A campaign that is killed or interrupted loses nothing that had finished, and is completed by
// --resume with the same set of runs.
#include <gmock/gmock.h>
#include <signal.h>

#include <fstream>

#include "harness/end_to_end/campaign_process.h"

namespace daxlab {
namespace {

using testing::HasSubstr;

class Resume : public CampaignExperiment {
 protected:
  // Every repetition of every cell of `many`, in their order.
  void expect_whole() const {
    const Json results = results_now();
    ASSERT_TRUE(results.is_map());
    const Json& records = results["benchmarks"];
    ASSERT_EQ(records.size(), many_runs);
    for (size_t i = 0; i < many_runs; ++i) {
      EXPECT_EQ(records[i]["family_index"], i / 15);
      EXPECT_EQ(records[i]["repetition_index"], i % 15);
      EXPECT_FALSE(records[i].contains("error_occurred")) << records[i].dump();
    }
    EXPECT_FALSE(results["context"].contains("interrupted"));
    EXPECT_FALSE(std::filesystem::exists(journal_path()));
  }
  void kill_in_the_middle() {
    RunningProgram program = start(many);
    wait_for_runs(5);
    program.signal(SIGKILL);
    EXPECT_EQ(program.wait().signal_number, SIGKILL);
    ASSERT_GE(keys_in_journal().size(), 5u);
    ASSERT_LT(keys_in_journal().size(), many_runs);
    EXPECT_FALSE(has_results());
  }
};

TEST_F(Resume, CompletesWhatWasKilled) {
  kill_in_the_middle();
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 2);  // config, journal
  const RunKeys finished = keys_in_journal();
  // A line that was torn when the machine took its time to die.
  std::ofstream(journal_path(), std::ios::app) << R"({"run":{"name":"hole_re)";

  const ProcessOutcome anew = run_daxlab(run_words(many));
  EXPECT_EQ(anew.exit_status, 2);
  EXPECT_THAT(anew.error, HasSubstr(journal_path().string() + ": holds "));
  EXPECT_THAT(anew.error, HasSubstr("go on with it by --resume, or remove the file"));

  const ProcessOutcome resumed = run_daxlab(run_words(many, {"--resume"}));
  EXPECT_EQ(resumed.exit_status, 0) << resumed.out << resumed.error;
  EXPECT_THAT(resumed.out,
              HasSubstr("goes on after " + std::to_string(finished.size()) + " of 60"));
  EXPECT_THAT(resumed.out, HasSubstr("4 of 4 cells passed\n"));
  expect_whole();
}

TEST_F(Resume, AnotherConfigIsRefusedAndSaysWhatDiffers) {
  kill_in_the_middle();
  const RunKeys finished = keys_in_journal();
  const ProcessOutcome other =
      run_daxlab(run_words(many, {"--resume", "--set", "region.size=32MiB"}));
  EXPECT_EQ(other.exit_status, 2);
  EXPECT_EQ(other.out, "");
  EXPECT_THAT(other.error, HasSubstr("was run with another config: region.size is \"16MiB\" there, "
                                     "\"32MiB\" here"));
  EXPECT_THAT(other.error, HasSubstr("or remove the file to start anew"));
  const ProcessOutcome fewer = run_daxlab(run_words(many, {"--resume", "--cells", "no*,hole*"}));
  EXPECT_EQ(fewer.exit_status, 2);
  EXPECT_EQ(keys_in_journal(), finished);
}

// As from a terminal: the whole group gets it, cells too.
TEST_F(Resume, CtrlCShowsWhatFinishedAndHowToGoOn) {
  RunningProgram program = start(many, {"--set", "seed=5"});
  wait_for_runs(5);
  program.signal_group(SIGINT);
  program.signal_group(SIGINT);  // a second one changes nothing
  program.signal(SIGTERM);
  const ProcessOutcome outcome = program.wait();
  EXPECT_EQ(outcome.exit_status, 130) << outcome.out << outcome.error;
  EXPECT_EQ(outcome.error, "");
  EXPECT_THAT(outcome.out, HasSubstr("time/op"));
  EXPECT_THAT(outcome.out, HasSubstr("of 4 cells passed, interrupted after "));

  const RunKeys finished = keys_in_results();
  EXPECT_GE(finished.size(), 5u);
  EXPECT_LT(finished.size(), many_runs);
  EXPECT_EQ(keys_in_journal(), finished);
  const Json results = results_now();
  EXPECT_EQ(results["context"]["interrupted"], std::to_string(finished.size()) + " of 60 runs");
  for (const Json& record : results["benchmarks"].items()) {
    EXPECT_FALSE(record.contains("error_occurred")) << record.dump();
  }

  const ProcessOutcome resumed =
      RunningProgram::shell(line_after(outcome.out, "to go on: ")).wait();
  EXPECT_EQ(resumed.exit_status, 0) << resumed.out << resumed.error;
  expect_whole();
  EXPECT_EQ(results_now()["context"]["seed"], "5");
}

TEST_F(Resume, ATerminalThatIsClosedInterruptsToo) {
  RunningProgram program = start(many);
  wait_for_runs(5);
  program.signal_group(SIGHUP);
  EXPECT_EQ(program.wait().exit_status, 130);
  EXPECT_GE(keys_in_results().size(), 5u);
  EXPECT_LT(keys_in_results().size(), many_runs);
}

TEST_F(Resume, UnderNohupATerminalThatIsClosedEndsNothing) {
  std::string line = "trap '' HUP; exec " DAXLAB_PROGRAM;
  for (const std::string& word : run_words(many)) line += " '" + word + "'";
  RunningProgram program = RunningProgram::shell(line);
  wait_for_runs(5);
  program.signal(SIGHUP);
  EXPECT_EQ(program.wait().exit_status, 0);
  expect_whole();
}

TEST_F(Resume, WithoutOutCtrlCSaysThatNothingIsKept) {
  const std::string region = (folder_ / "lab.pmem").string();
  const std::string config =
      write("config.yaml", "region: {medium: file, path: " + region +
                               ", size: 16MiB}\nrepetitions: 1000\n"
                               "workloads: [{name: mkwrite, size: 256KiB}]\n")
          .string();
  RunningProgram program = RunningProgram::daxlab({"run", config});
  wait_until([&] { return std::filesystem::exists(region); });
  program.signal_group(SIGINT);
  const ProcessOutcome outcome = program.wait();
  EXPECT_EQ(outcome.exit_status, 130) << outcome.out << outcome.error;
  EXPECT_THAT(outcome.out, HasSubstr("of 1 cells passed, interrupted after "));
  EXPECT_THAT(outcome.out, HasSubstr("what had finished is not kept: with --out FILE.json"));
}

TEST_F(Resume, GoesOnFromInterruptedResultsAlone) {
  RunningProgram program = start(many);
  wait_for_runs(5);
  program.signal(SIGTERM);
  EXPECT_EQ(program.wait().exit_status, 130);
  const Json before = results_now();
  ASSERT_TRUE(std::filesystem::remove(journal_path()));
  const ProcessOutcome resumed = run_daxlab(run_words(many, {"--resume"}));
  EXPECT_EQ(resumed.exit_status, 0) << resumed.out << resumed.error;
  expect_whole();
  const Json after = results_now();
  EXPECT_TRUE(after["context"].contains("date") && after["context"].contains("kernel"));
  EXPECT_EQ(after["context"]["date"], before["context"]["date"]);
  EXPECT_EQ(after["context"]["kernel"], before["context"]["kernel"]);
  for (const Json& record : before["benchmarks"].items()) {
    EXPECT_THAT(after["benchmarks"].items(), testing::Contains(record));  // not run again
  }
}

TEST_F(Resume, WhatIsWholeIsShownAndNotRunAgain) {
  const std::string yaml =
      "region: {size: 2MiB}\nrepetitions: 2\n"
      "workloads: [{name: hole_read, size: 256KiB}, {name: mkwrite, size: 256KiB}]\n";
  EXPECT_EQ(run_daxlab(run_words(yaml)).exit_status, 0);
  const Json before = results_now();
  const ProcessOutcome again = run_daxlab(run_words(yaml, {"--resume"}));
  EXPECT_EQ(again.exit_status, 0) << again.error;
  EXPECT_THAT(again.out,
              HasSubstr("all 4 runs are in " + results_path().string() + ": nothing to do\n"));
  EXPECT_THAT(again.out, HasSubstr("2 of 2 cells passed\n"));
  EXPECT_EQ(results_now(), before);
  EXPECT_FALSE(std::filesystem::exists(journal_path()));
}

TEST_F(Resume, AFailedRunCountsAsFinished) {
  const std::string yaml =
      "region: {size: 2MiB}\nrepetitions: 3\norder: listed\n"
      "matrix: {fault: [global_zero, global_zero_without_unmap]}\n"
      "workloads: [{name: mkwrite, size: 256KiB, mappings: 2}]\n";
  EXPECT_EQ(run_daxlab(run_words(yaml)).exit_status, 1);
  const RunKeys all = keys_in_results();
  EXPECT_EQ(all.size(), 4u);  // the failed cell once
  const ProcessOutcome again = run_daxlab(run_words(yaml, {"--resume"}));
  EXPECT_EQ(again.exit_status, 1);
  EXPECT_THAT(again.out, HasSubstr("all 4 runs are in "));
  EXPECT_THAT(again.out, HasSubstr("1 of 2 cells passed, 1 failed\n"));
  EXPECT_EQ(keys_in_results(), all);
}

TEST_F(Resume, WithNothingToGoOnWithItBegins) {
  const std::string yaml = "region: {size: 2MiB}\nworkloads: [{name: mkwrite, size: 256KiB}]\n";
  const ProcessOutcome outcome = run_daxlab(run_words(yaml, {"--resume"}));
  EXPECT_EQ(outcome.exit_status, 0) << outcome.error;
  EXPECT_THAT(outcome.out, HasSubstr("nothing to go on with: begins anew\n"));
  EXPECT_EQ(keys_in_results().size(), 1u);
}

TEST_F(Resume, NeedsAFileThatHoldsRunsOfDaxlab) {
  const std::string yaml = "workloads: [{name: mkwrite, size: 256KiB}]\n";
  const std::string config = write("config.yaml", yaml).string();
  const ProcessOutcome without = run_daxlab({"run", config, "--resume"});
  EXPECT_EQ(without.exit_status, 2);
  EXPECT_THAT(without.error, HasSubstr("--resume needs --out FILE.json"));
  const std::string foreign[] = {"notes", "{}", "[]",
                                 R"({"context": {}, "benchmarks": [{"name": "BM_x"}]})"};
  for (const std::string& text : foreign) {
    write("results.json", text);
    const ProcessOutcome outcome = run_daxlab(run_words(yaml, {"--resume"}));
    EXPECT_EQ(outcome.exit_status, 2) << text;
    EXPECT_THAT(outcome.error, HasSubstr("--resume " + results_path().string() + ": "));
    EXPECT_FALSE(std::filesystem::exists(journal_path()));
  }
}

}  // namespace
}  // namespace daxlab
