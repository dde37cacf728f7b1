// `daxlab check` as a user runs it: right strategies pass, wrong ones are found, kept and replayed,
// and nothing that a plugin does ends the program.
#include <gmock/gmock.h>
#include <signal.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "harness/end_to_end/campaign_process.h"

namespace daxlab {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

namespace fs = std::filesystem;

class CheckCommandTest : public CampaignExperiment {
 protected:
  std::vector<std::string> words(const std::string& yaml,
                                 const std::vector<std::string>& more = {}) const {
    std::vector<std::string> words = {"check",
                                      write("config.yaml", yaml).string(),
                                      "--save",
                                      folder_.string(),
                                      "--plugin-path",
                                      DAXLAB_TEST_PLUGIN_FOLDER,
                                      "--allow-writable-plugins"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  ProcessOutcome check(const std::string& yaml, const std::vector<std::string>& more = {}) const {
    return run_daxlab(words(yaml, more));
  }
  std::set<fs::path> saved() const {
    std::set<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder_)) {
      if (entry.path().extension() == ".json") files.insert(entry.path());
    }
    return files;
  }
  ProcessOutcome replay(const fs::path& file, const std::vector<std::string>& more = {}) const {
    std::vector<std::string> words = {"check", "--replay", file.string()};
    words.insert(words.end(), more.begin(), more.end());
    return run_daxlab(words);
  }
};

const std::string wrong = "fault: global_zero_without_repair\nworkloads: [hole_read]\n";
const std::string right = "workloads: [hole_read]\n";

TEST_F(CheckCommandTest, RightStrategiesPassAndWhatWasExploredIsTold) {
  const ProcessOutcome outcome = check(
      "matrix: {fault: [page_zero, {name: global_zero, around: 16}], write: [partial, "
      "atomic], engine: [mmu, baseline]}\nworkloads: [hole_read]\n",
      {"--time", "200ms"});
  EXPECT_EQ(outcome.exit_status, 0) << outcome.out << outcome.error;
  EXPECT_EQ(outcome.error, "");
  // Every combination, also of the axis that the workload does not use.
  for (const std::string name : {"page_zero/partial", "page_zero/atomic",
                                 "global_zero:around=16/partial", "global_zero:around=16/atomic"}) {
    EXPECT_THAT(outcome.out, HasSubstr(name + "/first_fit  passed  "));
  }
  EXPECT_THAT(outcome.out, HasSubstr("interleavings"));
  EXPECT_THAT(outcome.out, HasSubstr("4 of 4 combinations passed\n"));
  EXPECT_TRUE(saved().empty());
}

TEST_F(CheckCommandTest, AHazardIsFoundKeptAndReplayedByItsLine) {
  const ProcessOutcome outcome = check(wrong, {"--time", "60s"});
  EXPECT_EQ(outcome.exit_status, 1) << outcome.out << outcome.error;
  EXPECT_THAT(outcome.out, StartsWith("global_zero_without_repair/partial/first_fit  BROKEN  "));
  for (const std::string part : {"\n  judge:  ", "\n  expected: ", "\n  seen:  ", "\n  story:  ",
                                 "0 of 1 combinations passed, 1 broken\n"}) {
    EXPECT_THAT(outcome.out, HasSubstr(part));
  }
  ASSERT_EQ(saved().size(), 1u) << outcome.out;
  EXPECT_EQ(line_after(outcome.out, "  saved:     "), saved().begin()->string());

  const std::string line = line_after(outcome.out, "  replay:    ");
  const ProcessOutcome again = RunningProgram::shell(line).wait();
  EXPECT_EQ(again.exit_status, 1) << line << again.out << again.error;
  EXPECT_THAT(again.out, StartsWith("global_zero_without_repair/partial/first_fit  BROKEN\n"));
  // The same, word by word.
  EXPECT_EQ(line_after(again.out, "  seen:      "), line_after(outcome.out, "  seen:      "));
  EXPECT_EQ(line_after(again.out, "  story:     "), line_after(outcome.out, "  story:     "));

  // With the right strategy in its place, the promise is kept.
  const ProcessOutcome kept = replay(*saved().begin(), {"--set", "fault=global_zero"});
  EXPECT_EQ(kept.exit_status, 0) << kept.out << kept.error;
  EXPECT_THAT(kept.out, StartsWith("global_zero/partial/first_fit  passed\n"));
  EXPECT_THAT(kept.out, HasSubstr("does not break the promise of "));
}

TEST_F(CheckCommandTest, ASecondFindingTakesNobodysPlace) {
  for (size_t runs = 1; runs <= 2; ++runs) {
    EXPECT_EQ(check(wrong, {"--time", "60s"}).exit_status, 1);
    EXPECT_EQ(saved().size(), runs);
  }
}

TEST_F(CheckCommandTest, OneSeedGivesOneFinding) {
  std::set<std::string> stories;
  for (int i = 0; i < 2; ++i) {
    const ProcessOutcome outcome =
        check(wrong, {"--seeds", "1000", "--seed", "7", "--policy", "random"});
    EXPECT_EQ(outcome.exit_status, 1) << outcome.out << outcome.error;
    const size_t from = outcome.out.find("\n  judge:"), to = outcome.out.find("\n  saved:");
    ASSERT_NE(to, std::string::npos);
    stories.insert(outcome.out.substr(from, to - from));
  }
  EXPECT_EQ(stories.size(), 1u);
}

TEST_F(CheckCommandTest, JsonIsOneDocumentOfAllThat) {
  const ProcessOutcome outcome = check(
      "matrix: {fault: [global_zero, global_zero_without_repair, null_store]}\n"
      "workloads: [hole_read]\n",
      {"--time", "2s", "--json", "--judges", "coherence,isolation", "--jobs", "2"});
  EXPECT_EQ(outcome.exit_status, 1) << outcome.out << outcome.error;
  const json document = json::parse(outcome.out, nullptr, /*allow_exceptions=*/false);
  ASSERT_TRUE(document.is_object()) << outcome.out;
  EXPECT_EQ(document.at("passed"), 1);
  EXPECT_EQ(document.at("failed"), 2);
  EXPECT_EQ(document.at("settings").at("judges"), json({"coherence", "isolation"}));
  EXPECT_GT(document.at("explored").at("histories"), 0);
  EXPECT_GT(document.at("explored").at("per_second").at("histories"), 0);
  std::map<std::string, json> combinations;
  for (const json& map : document.at("combinations")) {
    combinations[map.at("name").get<std::string>()] = map;
  }
  EXPECT_EQ(combinations.at("global_zero/partial/first_fit").at("outcome"), "passed");
  const json broken = combinations.at("global_zero_without_repair/partial/first_fit");
  EXPECT_EQ(broken.at("outcome"), "broken");
  EXPECT_FALSE(broken.at("finding").at("story").empty());
  EXPECT_TRUE(fs::exists(broken.at("finding").at("saved").get<std::string>()));
  const json ended = combinations.at("null_store/partial/first_fit");
  EXPECT_EQ(ended.at("outcome"), "ended");
  EXPECT_THAT(ended.at("ended").get<std::string>(),
              HasSubstr("fault plugin 'null_store' (" DAXLAB_TEST_PLUGIN_FOLDER
                        "/fault/null_store.so): killed by SIGSEGV in fault"));
}

TEST_F(CheckCommandTest, APluginThatCrashesOrHangsIsAFindingAndTheOthersGoOn) {
  const ProcessOutcome outcome =
      check("matrix: {fault: [endless_fault, null_store, page_zero]}\nworkloads: [hole_read]\n",
            {"--time", "500ms", "--time-limit", "3s"});
  EXPECT_EQ(outcome.exit_status, 1) << outcome.out << outcome.error;
  EXPECT_THAT(outcome.out,
              HasSubstr("fault plugin 'endless_fault' (" DAXLAB_TEST_PLUGIN_FOLDER
                        "/fault/endless_fault.so): still in fault at the time limit of 3 s"));
  EXPECT_THAT(outcome.out, HasSubstr("null_store.so): killed by SIGSEGV in fault"));
  EXPECT_THAT(outcome.out, HasSubstr("page_zero/partial/first_fit  passed  "));
  EXPECT_THAT(outcome.out, HasSubstr("1 of 3 combinations passed, 2 broken\n"));
  EXPECT_THAT(line_after(outcome.out, "  again:     "),
              HasSubstr("--combinations endless_fault/partial/first_fit --time 500ms"));
}

// Each has printed at least one line when it is interrupted.
TEST_F(CheckCommandTest, CtrlCShowsWhatWasExploredSoFar) {
  RunningProgram program = RunningProgram::daxlab(
      words("matrix: {fault: [global_zero_without_repair, page_zero]}\nworkloads: [hole_read]\n",
            {"--time", "10min"}));
  wait_until([&] { return !saved().empty(); });  // the first is over, the second goes on for long
  program.signal_group(SIGINT);
  const ProcessOutcome outcome = program.wait();
  EXPECT_EQ(outcome.exit_status, 130) << outcome.out << outcome.error;
  EXPECT_THAT(outcome.out, HasSubstr("global_zero_without_repair/partial/first_fit  BROKEN  "));
  EXPECT_THAT(outcome.out, HasSubstr("0 of 2 combinations passed, 1 broken, "));
}

TEST_F(CheckCommandTest, OnlyWhatIsAskedForIsChecked) {
  const std::string matrix = "matrix: {fault: [page_zero, global_zero]}\nworkloads: [hole_read]\n";
  const ProcessOutcome one =
      check(matrix, {"--seeds", "3", "--policy", "random", "--combinations", "page*"});
  EXPECT_EQ(one.exit_status, 0) << one.out << one.error;
  EXPECT_THAT(one.out, HasSubstr("1 of 1 combinations passed\n"));
  const ProcessOutcome set =
      check(matrix, {"--seeds", "3", "--policy", "random", "--set", "matrix.fault=[native_zero]"});
  EXPECT_THAT(set.out, StartsWith("native_zero/partial/first_fit  passed  "));
}

struct BadUse {
  std::vector<std::string> arguments;
  std::string says;
};

TEST_F(CheckCommandTest, BadUseIsSaidAndNothingIsChecked) {
  const std::string config = write("good.yaml", right).string();
  const std::string baseline =
      write("baseline.yaml", "engine: baseline\nworkloads: all\n").string();
  for (const BadUse& bad : std::vector<BadUse>{
           {{}, "expected a config: daxlab check CONFIG.yaml"},
           {{config, "--judges", "coherense"}, "did you mean 'coherence'?"},
           {{config, "--judges", "isolation,"}, "--judges: "},
           {{config, "--policy", "randon"},
            "--policy: no policy is called 'randon': expected one of random, pct, exhaustive; did "
            "you mean 'random'?"},
           {{config, "--time", "10"}, "--time: expected 1ms to 30 days, such as 10s, found '10'"},
           {{config, "--time-limit", "soon"}, "--time-limit: expected a time"},
           {{config, "--save", "/no/folder"}, "--save /no/folder: is no folder"},
           {{config, "--combinations", "globl_zero/partial/first_fit"},
            "did you mean 'global_zero/partial/first_fit'?"},
           {{config, "--set", "fault=globl_zero"}, "the nearest is global_zero"},
           {{baseline}, "no strategies to check"},
           {{folder_ / "none.yaml"}, "none.yaml: "},
           {{config, "--replay", config}, "the case has its own config; leave out"}}) {
    std::vector<std::string> words = {"check"};
    words.insert(words.end(), bad.arguments.begin(), bad.arguments.end());
    const ProcessOutcome outcome = run_daxlab(words);
    EXPECT_EQ(outcome.exit_status, 2) << bad.says << outcome.out;
    EXPECT_EQ(outcome.out, "") << bad.says;
    EXPECT_THAT(outcome.error, StartsWith("daxlab check: "));
    EXPECT_THAT(outcome.error, HasSubstr(bad.says));
  }
}

TEST_F(CheckCommandTest, WhatCannotBeReplayedIsRefusedWithItsReason) {
  EXPECT_EQ(check(wrong, {"--time", "60s"}).exit_status, 1);
  ASSERT_EQ(saved().size(), 1u);
  std::ifstream stream(*saved().begin());
  const std::string text(std::istreambuf_iterator<char>(stream), {});
  const auto changed = [&](const std::string& from, const std::string& to) {
    std::string other = text;
    const size_t at = other.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return other.replace(at, from.size(), to);
  };
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "is empty: no case of daxlab check"},
      {"workloads: [hole_read]\n", ":1:1: is no JSON"},
      {"{\"benchmarks\": []}", "the key 'daxlab_case' is missing"},
      {text.substr(0, text.size() / 2), "ends in the middle"},
      {changed("\"daxlab_case\": 1", "\"daxlab_case\": 7"), "is a case of version 7"},
      {changed("global_zero_without_repair", "not_there"), "not_there"},
      {changed("\"region_bytes\": ", "\"region_bytes\": 1"), "region_bytes: expected"},
  };
  for (const auto& [content, says] : cases) {
    const fs::path file = write("changed.case", content);
    const ProcessOutcome outcome = replay(file);
    EXPECT_EQ(outcome.exit_status, 2) << says << outcome.out << outcome.error;
    EXPECT_EQ(outcome.out, "");
    EXPECT_THAT(outcome.error, StartsWith("daxlab check: --replay " + file.string() + ":"));
    EXPECT_THAT(outcome.error, HasSubstr(says));
  }
  EXPECT_THAT(replay(folder_).error, HasSubstr("is no file"));
  EXPECT_THAT(replay(folder_ / "gone").error, HasSubstr("cannot be read"));
}

}  // namespace
}  // namespace daxlab
