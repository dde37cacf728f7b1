// `daxlab compare`, and `run --expect`: whether two runs are alike.
#include <gmock/gmock.h>

#include <fstream>

#include "harness/end_to_end/experiment.h"

namespace daxlab {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const std::string compared_yaml =
    "seed: 1\nregion: {size: 4MiB}\nwrite: partial\nalloc: first_fit\norder: listed\n"
    "matrix: {fault: [page_zero, global_zero]}\nworkloads: [{name: hole_read, size: 256KiB}]\n";

class Compare : public Experiment {
 protected:
  void record(const std::string& repetitions) {
    run(compared_yaml, {"--set", "repetitions=" + repetitions});
    ASSERT_EQ(outcome_.exit_status, 0) << outcome_.out << outcome_.error;
  }
  // The results with every operation's time of one fault strategy multiplied.
  std::filesystem::path scaled(const std::string& name, const std::string& fault, double factor) {
    Json changed = results_;
    Json records = Json::list();
    for (const Json& record : changed["benchmarks"].items()) {
      Json copy = record;
      if (record["cell"]["fault"]["name"] == fault) {
        copy.set("real_time", *record["real_time"].as_double() * factor);
      }
      records.add(std::move(copy));
    }
    changed.set("benchmarks", std::move(records));
    return write(name, changed.dump(2));
  }
  ProcessOutcome compare(std::vector<std::string> words) const {
    words.insert(words.begin(), "compare");
    return run_daxlab(words);
  }
};

TEST_F(Compare, FindsWhatBecameSlowerAndWhatBecameFaster) {
  record("9");
  const std::string base = results_path().string();
  const std::string slower = scaled("slower.json", "page_zero", 40).string();
  const ProcessOutcome regression = compare({base, slower});
  EXPECT_EQ(regression.exit_status, 1) << regression.error;
  EXPECT_THAT(regression.out, AllOf(HasSubstr("REGRESSION"), HasSubstr("/page_zero/"),
                                    HasSubstr("2 cells compared by time: 1 regressions")));
  EXPECT_THAT(regression.out, Not(HasSubstr("/global_zero/")));
  const ProcessOutcome improvement = compare({slower, base});
  EXPECT_EQ(improvement.exit_status, 0) << improvement.error;
  EXPECT_THAT(improvement.out, HasSubstr("0 regressions, 1 improvements"));
  // A counter that never drifts is the same on both sides, whatever the machine does.
  const ProcessOutcome same = compare({base, slower, "--metric", "faults_read"});
  EXPECT_EQ(same.exit_status, 0) << same.out << same.error;
  EXPECT_THAT(same.out, HasSubstr("0 regressions, 0 improvements, 2 without a difference"));
}

TEST_F(Compare, CellsOfOneFileDifferByTheirStrategy) {
  record("9");
  const ProcessOutcome outcome =
      compare({results_path().string(), "--by", "fault", "--metric", "page_cache_bytes", "--json"});
  EXPECT_EQ(outcome.exit_status, 0) << outcome.error;
  const Json json = json_or_null(outcome.out);
  ASSERT_EQ(json["cells"].items().size(), 1u) << outcome.out;
  EXPECT_EQ(json["cells"][0]["difference"], "improvement");
  EXPECT_LT(*json["cells"][0]["ratio"].as_double(), 0.5);
}

TEST_F(Compare, SaysThatThereAreTooFewRepetitions) {
  record("2");
  const std::string base = results_path().string();
  const ProcessOutcome outcome = compare({base, base});
  EXPECT_EQ(outcome.exit_status, 2);
  EXPECT_THAT(outcome.error, HasSubstr("too few repetitions to tell, 5 are needed"));
}

TEST_F(Compare, WhatAnotherKernelHasGivenIsRefusedUnlessTold) {
  record("5");
  const std::string base = results_path().string();
  Json other = results_, context = results_["context"];
  context.set("kernel", "Linux 2.6.32");
  other.set("context", std::move(context));
  const std::string elsewhere = write("other.json", other.dump()).string();
  const ProcessOutcome refused = compare({base, elsewhere});
  EXPECT_EQ(refused.exit_status, 2);
  EXPECT_THAT(refused.error, AllOf(HasSubstr("kernel is '"), HasSubstr("Linux 2.6.32"),
                                   HasSubstr("with --force it is compared all the same")));
  EXPECT_THAT(refused.out, Not(HasSubstr("compared by")));
  const ProcessOutcome forced = compare({base, elsewhere, "--force", "--metric", "faults_read"});
  EXPECT_EQ(forced.exit_status, 0) << forced.error;
  EXPECT_THAT(forced.out, HasSubstr("2 cells compared"));
}

TEST_F(Compare, TheSelfTestSaysHowOftenItIsWrong) {
  record("10");
  const ProcessOutcome outcome =
      compare({results_path().string(), "--self-test", "--metric", "faults_read"});
  EXPECT_EQ(outcome.exit_status, 0) << outcome.error;
  EXPECT_THAT(outcome.out, HasSubstr("0 of 200 comparisons of runs that are alike"));
}

TEST_F(Compare, WrongQuestionsAreToldApart) {
  record("1");
  const std::string base = results_path().string();
  const std::pair<std::vector<std::string>, const char*> wrong[] = {
      {{base}, "expected two files"},
      {{base, base, "--by", "fault"}, "look at one file"},
      {{base, "--by", "falt"}, "did you mean 'fault'?"},
      {{base, base, "--metric", "p98"}, "no figure is called 'p98'"},
      {{base, base, "--metric", "fence"}, "did you mean 'fences'?"},
      {{base, "no.json"}, "no.json"},
      {{base, base, "--cells", "nothing"}, "--cells 'nothing' matches no cell of "}};
  for (const auto& [words, message] : wrong) {
    const ProcessOutcome outcome = compare(words);
    EXPECT_EQ(outcome.exit_status, 2) << message;
    EXPECT_THAT(outcome.error, HasSubstr(message));
  }
}

TEST_F(Compare, ExpectedCountersAreWrittenKeptAndGated) {
  const std::string expected = (folder_ / "expected.yaml").string();
  run(compared_yaml, {"--expect", expected, "--update", "--set", "repetitions=3"});
  ASSERT_EQ(outcome_.exit_status, 0) << outcome_.out << outcome_.error;
  std::string text = text_of(expected);
  EXPECT_THAT(text, HasSubstr("faults_read: 64\n"));
  run(compared_yaml, {"--expect", expected});
  EXPECT_EQ(outcome_.exit_status, 0) << outcome_.out << outcome_.error;
  EXPECT_THAT(outcome_.out, HasSubstr("counters: as expected"));

  text.replace(text.find("faults_read: 64"), 15, "faults_read: 65");
  std::ofstream(expected) << text;
  run(compared_yaml, {"--expect", expected});
  EXPECT_EQ(outcome_.exit_status, 1);
  EXPECT_THAT(outcome_.out, HasSubstr("faults_read 64, expected 65\n"));
  EXPECT_THAT(outcome_.out, HasSubstr("counters: 1 not as expected"));
}

TEST_F(Compare, TwoBuildsInTurn) {
  const std::string here = std::filesystem::path(DAXLAB_PROGRAM).parent_path().string();
  const std::string config = write("config.yaml", compared_yaml).string();
  const std::string out = (folder_ / "now.json").string();
  const ProcessOutcome outcome =
      run_daxlab({"run", config, "--against", here, "--out", out, "--set", "repetitions=5"});
  EXPECT_THAT(outcome.out, HasSubstr("2 cells compared by time")) << outcome.error;
  EXPECT_THAT(outcome.exit_status, testing::AnyOf(0, 1)) << outcome.error;  // times are chance
  for (const char* name : {"now.json", "now.base.json"}) {
    EXPECT_EQ(json_in(folder_ / name)["benchmarks"].items().size(), 10u) << name;
  }
  const ProcessOutcome counted =
      compare({(folder_ / "now.base.json").string(), out, "--metric", "faults_read"});
  EXPECT_EQ(counted.exit_status, 0) << counted.out << counted.error;

  const std::string same = (folder_ / "same.json").string();
  const std::vector<std::string> wrong[] = {
      {"run", config, "--against", here, "--out", config},
      {"run", config, "--expect", config, "--update"},
      {"run", config, "--out", same, "--expect", same, "--update"}};
  for (const std::vector<std::string>& words : wrong) {
    const ProcessOutcome onto = run_daxlab(words);
    EXPECT_EQ(onto.exit_status, 2) << words.back();
    EXPECT_THAT(onto.error, HasSubstr("is also "));
  }
  EXPECT_EQ(run_daxlab({"validate", config}).exit_status, 0);

  const ProcessOutcome nowhere = run_daxlab({"run", config, "--against", folder_.string()});
  EXPECT_EQ(nowhere.exit_status, 2);
  EXPECT_THAT(nowhere.error, HasSubstr("the folder of another build's programs is meant"));
  const ProcessOutcome jobs = run_daxlab({"run", config, "--against", here, "--jobs", "2"});
  EXPECT_EQ(jobs.exit_status, 2);
  EXPECT_THAT(jobs.error, HasSubstr("leave out --jobs"));
}

}  // namespace
}  // namespace daxlab
