// What `daxlab check` finds is kept and replayed, also where a plugin ends its process.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "core/base/json.h"
#include "harness/end_to_end/check_experiment.h"

namespace daxlab {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

namespace fs = std::filesystem;

class CheckCasesTest : public CheckExperiment {};

TEST_F(CheckCasesTest, AHazardIsFoundKeptAndReplayedByItsLine) {
  const ProcessOutcome outcome = check(wrong, {"--time", "60s"});
  EXPECT_EQ(outcome.exit_status, 1) << outcome.out << outcome.error;
  EXPECT_THAT(outcome.out, HasSubstr("\nglobal_zero_without_repair/partial/first_fit  BROKEN  "));
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

TEST_F(CheckCasesTest, ASecondFindingTakesNobodysPlace) {
  for (size_t runs = 1; runs <= 2; ++runs) {
    EXPECT_EQ(check(wrong, {"--time", "60s"}).exit_status, 1);
    EXPECT_EQ(saved().size(), runs);
  }
}

TEST_F(CheckCasesTest, APluginThatCrashesOrHangsIsAFindingAndTheOthersGoOn) {
  const ProcessOutcome outcome =
      check("matrix: {fault: [endless_fault, null_store, page_zero]}\nworkloads: [hole_read]\n",
            {"--time", "200ms", "--time-limit", "1s"});
  EXPECT_EQ(outcome.exit_status, 1) << outcome.out << outcome.error;
  EXPECT_THAT(outcome.out,
              HasSubstr("fault plugin 'endless_fault' (" DAXLAB_TEST_PLUGIN_FOLDER
                        "/fault/endless_fault.so): still in fault at the time limit of 1 s"));
  EXPECT_THAT(outcome.out, HasSubstr("null_store.so): killed by SIGSEGV in fault"));
  EXPECT_THAT(outcome.out, HasSubstr("page_zero/partial/first_fit  passed  "));
  EXPECT_THAT(outcome.out, HasSubstr("1 of 3 combinations passed, 2 broken\n"));
  EXPECT_EQ(saved().size(), 2u);
  const std::string line = line_after(outcome.out, "  replay:    ");
  EXPECT_THAT(line, HasSubstr("/endless_fault.partial.first_fit.progress.json --time-limit 1s "));
  const ProcessOutcome again = RunningProgram::shell(line).wait();
  EXPECT_EQ(again.exit_status, 1) << again.out << again.error;
  EXPECT_EQ(line_after(again.out, "  seen:      "), line_after(outcome.out, "  seen:      "));
}

// Only some of its schedules do: they are kept with it.
TEST_F(CheckCasesTest, ACrashOfSomeSchedulesIsReplayedByItsLine) {
  const std::string config = "alloc: aborts_when_met\nworkloads: [hole_read]\n";
  for (const std::string policy : {"random", "pct", "exhaustive"}) {
    const ProcessOutcome outcome = check(config, {"--time", "60s", "--policy", policy});
    EXPECT_EQ(outcome.exit_status, 1) << outcome.out << outcome.error;
    EXPECT_THAT(line_after(outcome.out, "  seen:      "),
                EndsWith("aborts_when_met.so): killed by SIGABRT in allocate"));
    EXPECT_THAT(line_after(outcome.out, "  in:        "), StartsWith("a program of seed "));
    const std::string line = line_after(outcome.out, "  replay:    ");
    const ProcessOutcome again = RunningProgram::shell(line).wait();
    EXPECT_EQ(again.exit_status, 1) << line << again.out << again.error;
    EXPECT_EQ(line_after(again.out, "  seen:      "), line_after(outcome.out, "  seen:      "));
  }
  // It is no case of another allocator.
  const ProcessOutcome kept = replay(*saved().begin(), {"--set", "alloc=first_fit"});
  EXPECT_EQ(kept.exit_status, 0) << kept.out << kept.error;
}

TEST_F(CheckCasesTest, WhatEndsBeforeAnyCaseIsCheckedAgainByItsLine) {
  const ProcessOutcome outcome =
      run_daxlab(words("fault: abort_at_second_load\nworkloads: [hole_read]\n", {"--time", "1s"}),
                 {"DAXLAB_TEST_FIRST_LOAD=" + (folder_ / "first_load").string()});
  EXPECT_EQ(outcome.exit_status, 1) << outcome.out << outcome.error;
  EXPECT_TRUE(saved().empty());
  EXPECT_THAT(line_after(outcome.out, "  again:     "),
              HasSubstr("--combinations abort_at_second_load/partial/first_fit --time 1s"));
}

TEST_F(CheckCasesTest, AChangedPluginIsToldAtTheReplay) {
  EXPECT_EQ(check(wrong, {"--time", "60s"}).exit_status, 1);
  ASSERT_EQ(saved().size(), 1u);
  EXPECT_THAT(replay(*saved().begin()).out, Not(HasSubstr("changed:")));
  Json document = json_in(*saved().begin());
  ASSERT_TRUE(document["plugins"].is_list());
  for (Json& plugin : document.find("plugins")->changeable_items()) {
    if (plugin["kind"] == "fault") plugin.set("content_hash", "0123456789abcdef");
  }
  const fs::path file = write("other.case", document.dump());
  const ProcessOutcome outcome = replay(file);
  EXPECT_EQ(outcome.exit_status, 1) << outcome.out << outcome.error;
  EXPECT_THAT(line_after(outcome.out, "  changed:   "),
              AllOf(StartsWith("fault plugin 'global_zero_without_repair' ("),
                    EndsWith("is not the one of the case")));
  const Json told = json_or_null(replay(file, {"--json"}).out);
  EXPECT_EQ(told["changed_plugins"].size(), 1u);
  // Another one in its place is no surprise.
  EXPECT_THAT(replay(file, {"--set", "fault=global_zero"}).out, Not(HasSubstr("changed:")));
}

TEST_F(CheckCasesTest, TheFolderOfFindingsIsMadeForTheFirst) {
  const fs::path made = folder_ / "made";
  const std::string config = write("config.yaml", right).string();
  EXPECT_EQ(run_daxlab({"check", config, "--time", "200ms", "--save", made.string()}).exit_status,
            0);
  EXPECT_FALSE(fs::exists(made));
  write("config.yaml", wrong);
  EXPECT_EQ(run_daxlab({"check", config, "--time", "60s", "--save", made.string()}).exit_status, 1);
  EXPECT_FALSE(fs::is_empty(made));
}

TEST_F(CheckCasesTest, WhatCannotBeReplayedIsRefusedWithItsReason) {
  EXPECT_EQ(check(wrong, {"--time", "60s"}).exit_status, 1);
  ASSERT_EQ(saved().size(), 1u);
  const std::string text = text_of(*saved().begin());
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
