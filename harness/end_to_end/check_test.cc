// `daxlab check` as a user runs it: right strategies pass, wrong ones are found, and all of it is
// told.
#include <gmock/gmock.h>
#include <signal.h>

#include <filesystem>
#include <map>
#include <set>

#include "core/base/json.h"
#include "harness/end_to_end/check_experiment.h"

namespace daxlab {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

namespace fs = std::filesystem;

class CheckCommandTest : public CheckExperiment {};

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
  EXPECT_THAT(outcome.out, StartsWith("4 combinations, each for 0.2 s, on regions of 64 KiB to "
                                      "4096 KiB; region.size of a config is not used\n"));
  EXPECT_THAT(line_after(outcome.out, "page_zero/partial/first_fit  passed  "),
              EndsWith("; writes held to: partial"));
  EXPECT_THAT(line_after(outcome.out, "page_zero/atomic/first_fit  passed  "),
              EndsWith("; writes held to: atomic"));
  EXPECT_THAT(outcome.out, Not(HasSubstr("rates are those of one process")));
  EXPECT_TRUE(saved().empty());
}

// A file lies where the folder of findings would be.
TEST_F(CheckCommandTest, WhereNothingCanBeSavedItRunsAndSaysSo) {
  const std::string config = write("config.yaml", wrong).string();
  write("findings", "no folder");
  const ProcessOutcome outcome =
      RunningProgram::shell("cd " + folder_.string() + " && " + DAXLAB_PROGRAM + " check " +
                            config + " --time 60s --policy random --junit junit.xml")
          .wait();
  EXPECT_EQ(outcome.exit_status, 1) << outcome.out << outcome.error;
  EXPECT_THAT(outcome.error, StartsWith("daxlab check: findings are not saved: "));
  EXPECT_THAT(outcome.out, HasSubstr("BROKEN"));
  EXPECT_THAT(outcome.out, HasSubstr(std::string(DAXLAB_PROGRAM) + " check " + config));
  EXPECT_THAT(text_of(folder_ / "junit.xml"),
              HasSubstr("<testcase name=\"global_zero_without_repair/partial/first_fit\""));
  EXPECT_THAT(text_of(folder_ / "junit.xml"), HasSubstr("<failure type=\"coherence\""));
}

TEST_F(CheckCommandTest, AnArenaThatIsTooSmallIsFound) {
  const ProcessOutcome outcome =
      check("alloc: {name: wrong_in_one_way, flaw: small_arena}\nworkloads: [enospc]\n",
            {"--time", "60s", "--policy", "random"});
  EXPECT_EQ(outcome.exit_status, 1) << outcome.out << outcome.error;
  EXPECT_THAT(outcome.out, HasSubstr(" wrote behind the end of its arena of "));
  EXPECT_THAT(outcome.out, HasSubstr("(asked for in init)"));
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
      {"--seeds", "300", "--policy", "random", "--json", "--judges", "coherence,isolation",
       "--jobs", "2"});
  EXPECT_EQ(outcome.exit_status, 1) << outcome.out << outcome.error;
  const Json document = json_or_null(outcome.out);
  ASSERT_TRUE(document.is_map()) << outcome.out;
  EXPECT_EQ(document["passed"], 1);
  EXPECT_EQ(document["failed"], 2);
  EXPECT_EQ(document["settings"]["judges"], Json::list({"coherence", "isolation"}));
  EXPECT_GT(document["explored"]["histories"].as_unsigned(), 0u);
  EXPECT_GT(document["explored"]["per_second"]["histories"].as_double(), 0);
  EXPECT_GT(document["explored"]["per_second_of_all_jobs"]["histories"].as_double(), 0);
  EXPECT_EQ(document["settings"]["region_bytes"], Json::list({64 << 10, 4 << 20}));
  std::map<std::string, Json> combinations;
  for (const Json& map : document["combinations"].items()) {
    combinations[map["name"].text()] = map;
  }
  EXPECT_EQ(combinations.at("global_zero/partial/first_fit")["outcome"], "passed");
  const Json broken = combinations.at("global_zero_without_repair/partial/first_fit");
  EXPECT_EQ(broken["outcome"], "broken");
  EXPECT_EQ(broken["writes_held_to"], "partial");
  EXPECT_FALSE(broken["finding"]["story"].empty());
  EXPECT_TRUE(fs::exists(broken["finding"]["saved"].text()));
  const Json ended = combinations.at("null_store/partial/first_fit");
  EXPECT_EQ(ended["outcome"], "ended");
  EXPECT_THAT(ended["ended"].text(),
              HasSubstr("fault plugin 'null_store' (" DAXLAB_TEST_PLUGIN_FOLDER
                        "/fault/null_store.so): killed by SIGSEGV in fault"));
  EXPECT_EQ(ended["ended_in"]["where"], "a history of seed 1");
  EXPECT_TRUE(fs::exists(ended["ended_in"]["saved"].text()));
}

TEST_F(CheckCommandTest, APluginThatRefusesSmallRegionsIsToldOfThem) {
  const ProcessOutcome outcome =
      check("alloc: wants_a_large_region\nregion: {size: 128MiB}\nworkloads: [hole_read]\n",
            {"--time", "500ms"});
  EXPECT_EQ(outcome.exit_status, 1) << outcome.out << outcome.error;
  EXPECT_THAT(outcome.out, HasSubstr("/wants_a_large_region  ERROR  "));
  EXPECT_THAT(outcome.out, HasSubstr("check makes its own, of 64 KiB to 4096 KiB, so that space "
                                     "runs out, and region.size of a config changes nothing"));
}

TEST_F(CheckCommandTest, ParityAloneComparesAtEverySeed) {
  const ProcessOutcome outcome =
      check(right, {"--judges", "parity", "--seeds", "3", "--seed", "2", "--json"});
  EXPECT_EQ(outcome.exit_status, 0) << outcome.out << outcome.error;
  EXPECT_EQ(json_or_null(outcome.out)["explored"]["compared"], 3);
  // Beside others it is said when no seed did.
  const std::vector<std::string> three = {"--seeds", "3", "--seed", "2", "--policy", "random"};
  EXPECT_THAT(check(right, three).out, HasSubstr("\nparity was not judged: no run was compared"));
}

TEST_F(CheckCommandTest, RatesSayWhoseTheyAre) {
  const ProcessOutcome outcome = check(right, {"--time", "200ms", "--jobs", "2"});
  EXPECT_THAT(outcome.out, HasSubstr("\nrates are those of one process; up to 2 ran at once\n"));
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
  EXPECT_THAT(set.out, HasSubstr("\nnative_zero/partial/first_fit  passed  "));
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
           {{config, "--save", "/no/folder"}, "--save /no/folder: there is no folder /no"},
           {{config, "--save", config}, "good.yaml: is no folder"},
           {{config, "--judges", "parity,enospc", "--policy", "exhaustive"},
            "--judges enospc: would see nothing to judge"},
           {{"--replay", config, "--seeds", "3", "--judges", "parity"},
            "the case says what is run, and nothing is saved; leave out --seeds, --judges"},
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

}  // namespace
}  // namespace daxlab
