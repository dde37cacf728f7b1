// What daxlab prints, and where: closed, full and broken streams, outputs that meet, texts that are
// not to be sent to a terminal.
#include <gmock/gmock.h>

#include <fstream>

#include "harness/end_to_end/experiment.h"

namespace daxlab {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::AnyOf;
using testing::HasSubstr;
using testing::Not;

class Streams : public Experiment {
 protected:
  ProcessOutcome in_shell(const std::string& line) const {
    return RunningProgram::shell("cd '" + folder_.string() + "' && " + line).wait();
  }
  // Valid JSON of one run, and a CSV of a heading and a row.
  void expect_whole(const std::string& json, const std::string& csv) const {
    EXPECT_EQ(json_in(folder_ / json)["benchmarks"].items().size(), 1u);
    const std::string text = text_of(folder_ / csv);
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2) << text;
    EXPECT_THAT(text, testing::StartsWith("name,"));
  }
};

const std::string daxlab_word = "'" DAXLAB_PROGRAM "' ";

TEST_F(Streams, AClosedOneTakesNoFilesPlace) {
  write("a.yaml", one_cell);
  for (const std::string closed : {">&-", "2>&-", "<&-", ">&- 2>&-", "<&- >&-", "<&- >&- 2>&-"}) {
    SCOPED_TRACE(closed);
    const bool has_output = closed.find(">&-") == closed.npos || closed == "2>&-";
    fs::remove(folder_ / "a.json");
    fs::remove(folder_ / "a.csv");
    const ProcessOutcome outcome =
        in_shell(daxlab_word + "run a.yaml --out a.json --csv a.csv " + closed);
    EXPECT_EQ(outcome.exit_status, has_output ? 0 : 1) << outcome.error;
    expect_whole("a.json", "a.csv");
    EXPECT_EQ(in_shell(daxlab_word + "list " + closed).exit_status, has_output ? 0 : 1);
  }
}

TEST_F(Streams, AFullOneIsAFailureAndCostsNoFile) {
  write("a.yaml", one_cell);
  EXPECT_EQ(in_shell(daxlab_word + "list >/dev/full 2>&1").exit_status, 1);
  EXPECT_EQ(in_shell(daxlab_word + "run no.yaml >/dev/full 2>&1").exit_status, 2);
  EXPECT_EQ(in_shell(daxlab_word + "nonsense 2>/dev/full").exit_status, 2);
  const ProcessOutcome outcome =
      in_shell(daxlab_word + "run a.yaml --out a.json --csv a.csv >/dev/full");
  EXPECT_EQ(outcome.exit_status, 1);
  EXPECT_THAT(outcome.error, HasSubstr("not all of the output could be written"));
  expect_whole("a.json", "a.csv");
}

TEST_F(Streams, APipeThatNobodyReadsIsAFailureAndCostsNoFile) {
  write("a.yaml", one_cell);
  in_shell("( while [ ! -e closed ]; do :; done; " + daxlab_word +
           "run a.yaml --out a.json --csv a.csv; echo $? >status ) | ( exec <&-; touch closed; "
           "while [ ! -s status ]; do :; done )");
  EXPECT_EQ(text_of(folder_ / "status"), "1\n");
  expect_whole("a.json", "a.csv");
}

// Whatever the number of descriptors, it is enough, or the want of them is what is told.
TEST_F(Streams, WithoutDescriptorsNoPluginIsBlamed) {
  write("a.yaml", one_cell);
  bool has_failed = false;
  int passed = 0;  // in a row: more descriptors than those change nothing
  for (int descriptors = 4; descriptors <= 40 && passed < 3; ++descriptors) {
    const ProcessOutcome outcome = in_shell("ulimit -n " + std::to_string(descriptors) +
                                            " && exec " + daxlab_word + "validate a.yaml");
    if (outcome.error.find("shared libraries") != std::string::npos) continue;  // of the program
    SCOPED_TRACE(descriptors);
    EXPECT_THAT(outcome.exit_status, AnyOf(0, 1)) << outcome.error;
    const ProcessOutcome list =
        in_shell("ulimit -n " + std::to_string(descriptors) + " && exec " + daxlab_word + "list");
    EXPECT_EQ(list.exit_status == 1, list.out.find("Too many open files") != std::string::npos)
        << list.out << list.error;
    passed = outcome.exit_status == 0 && list.exit_status == 0 ? passed + 1 : 0;
    if (outcome.exit_status == 0) continue;
    has_failed = true;
    EXPECT_THAT(outcome.error, AllOf(HasSubstr("Too many open files"), Not(HasSubstr("code out")),
                                     Not(HasSubstr("build it")), Not(HasSubstr("link it"))));
  }
  EXPECT_TRUE(has_failed);
  EXPECT_EQ(passed, 3);
}

TEST_F(Streams, OutputsThatAreOneFileAreRefusedBeforeAnythingRuns) {
  const fs::path config = write("a.yaml", one_cell);
  write("there", "kept");
  fs::create_hard_link(folder_ / "there", folder_ / "hard");
  fs::create_symlink("there", folder_ / "soft");
  fs::create_symlink("new", folder_ / "to_new");
  fs::create_directory_symlink(".", folder_ / "here");
  for (const std::string outputs :
       {"--out new --csv new",
        "--out new --csv here/new",
        "--out new --csv to_new",
        "--out there --csv hard",
        "--out there --csv soft",
        "--out new --csv new.partial",
        "--out new --csv ./new",
        "--out a.yaml",
        "--csv a.yaml",
        "--out there >hard",
        "--csv soft 2>there",
        "--out /dev/stdout --csv /dev/fd/1 >hard",
        "--out ''",
        "--csv ''",
        "--out .",
        "--csv here",
        "--out no/new",
        "--out /dev/full",
        "--set region.medium=file --set region.path=r --out r",
        "--set region.medium=file --set region.path=here/r --csv ./r"}) {
    SCOPED_TRACE(outputs);
    const std::string before = text_of(config);
    const ProcessOutcome outcome = in_shell(daxlab_word + "run a.yaml " + outputs);
    EXPECT_EQ(outcome.exit_status, 2) << outcome.out << outcome.error;
    EXPECT_THAT(outcome.out, Not(HasSubstr("cells passed")));
    EXPECT_EQ(text_of(config), before);
    EXPECT_FALSE(fs::exists(folder_ / "new"));
    EXPECT_FALSE(fs::exists(folder_ / "new.partial"));
    EXPECT_FALSE(fs::exists(folder_ / "r"));
  }
}

TEST_F(Streams, WhatNamesHoldIsShownNotSent) {
  const std::string name = "a\x1b[2J\n::error::b\x7f.yaml";
  std::ofstream(folder_ / name) << one_cell;
  const std::string file = (folder_ / name).string();
  const std::string shown = "a\\x1b[2J";
  const ProcessOutcome good = run_daxlab({"validate", file});
  EXPECT_EQ(good.exit_status, 0);
  EXPECT_THAT(good.out, HasSubstr(shown));
  const ProcessOutcome bad =
      run_daxlab({"run", file, "--set", "fault=none", "--plugin-path", file});
  EXPECT_EQ(bad.exit_status, 2);
  EXPECT_THAT(bad.error, AllOf(HasSubstr(shown), Not(HasSubstr("\n::error"))));
  const ProcessOutcome usage = run_daxlab({"list", "\x1b]0;title\a"});
  EXPECT_EQ(usage.exit_status, 2);
  for (const ProcessOutcome& outcome : {good, bad, usage}) {
    for (const char sent : {'\x1b', '\x7f', '\a'}) {
      EXPECT_EQ((outcome.out + outcome.error).find(sent), std::string::npos);
    }
  }
}

TEST_F(Streams, PathsAreWhatWasTyped) {
  const std::string config = write("a.yaml", one_cell).string();
  for (const std::string name : {"a #b.pmem", "{a}.pmem", "[a]", "a: b", "'quoted'", "~", "1.0"}) {
    const ProcessOutcome outcome =
        run_daxlab({"run", config, "--set", "region.medium=file", "--set",
                    "region.path=" + (folder_ / name).string()});
    EXPECT_EQ(outcome.exit_status, 0) << outcome.error;
    EXPECT_TRUE(fs::exists(folder_ / name)) << name;
  }
}

}  // namespace
}  // namespace daxlab
