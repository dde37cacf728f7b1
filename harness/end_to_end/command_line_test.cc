// What the program answers to its arguments: 0 when all is well, 1 when a cell failed, 2 when the
// command line or a config is wrong, and then nothing was run.
#include <gmock/gmock.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstdlib>

#include "harness/end_to_end/experiment.h"

namespace daxlab {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::StartsWith;

const std::string small =
    "region: {size: 16MiB}\n"
    "matrix: {fault: [page_zero, global_zero]}\n"
    "workloads: [{name: hole_read, size: 1MiB}, {name: mkwrite, size: 256KiB}]\n";
const std::string small_names[] = {
    "hole_read:size=1MiB/mmu/memfd/page_zero/partial/first_fit/threads:1",
    "hole_read:size=1MiB/mmu/memfd/global_zero/partial/first_fit/threads:1",
    "mkwrite:size=256KiB/mmu/memfd/page_zero/partial/first_fit/threads:1",
    "mkwrite:size=256KiB/mmu/memfd/global_zero/partial/first_fit/threads:1"};

class CommandLine : public Experiment {
 protected:
  void expect_nothing_run() const {
    EXPECT_EQ(outcome_.exit_status, 2) << outcome_.out << outcome_.error;
    EXPECT_EQ(outcome_.out, "");
    EXPECT_FALSE(has_results());
  }
  static std::string one_line(const std::string& text) {
    EXPECT_THAT(text, EndsWith("\n"));
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1) << text;
    return text.substr(0, text.size() - 1);
  }
};

struct WrongConfig {
  const char* yaml;
  const char* place;  // line:column
  const char* cause;
};

TEST_F(CommandLine, AWrongConfigIsRefusedAtItsPlace) {
  const WrongConfig wrong[] = {
      {"workloads: [hole_reed]\n", "1:13", "did you mean 'hole_read'?"},
      {"workloads: [hole_read]\nfault: [global_zero]\n", "2:8", "lists of values stand under"},
      {"workloads: [hole_read]\nfault: {name: global_zero, around: 513}\n", "2:36",
       "513 is out of range, expected 1 to 512"},
      {"workloads: [hole_read]\nfault: no_such_strategy\n", "2:8",
       "no fault plugin is called no_such_strategy"},
      {"workloads: [hole_read]\nalloc: partial\n", "2:8", "partial"},
      {"workloads: [hole_read]\nregion: {size: 100}\n", "2:16", "out of range"},
      {"workloads: [hole_read]\nsede: 1\n", "2:1", "did you mean 'seed'?"},
      {"workloads: [hole_read\n", "2:1", "YAML syntax"},
      {"engine: simulator\nworkloads:\n  - {name: enospc, threads: 2}\n", "3:5",
       "the simulator runs one thread"},
  };
  for (const WrongConfig& config : wrong) {
    SCOPED_TRACE(config.yaml);
    run(config.yaml);
    expect_nothing_run();
    const std::string line = one_line(outcome_.error);
    EXPECT_THAT(line, StartsWith("daxlab run: " + (folder_ / "config.yaml").string() + ":" +
                                 config.place + ": "));
    EXPECT_THAT(line, HasSubstr(config.cause));
  }
}

TEST_F(CommandLine, WhatIsWrongIsNamedAndWhereToRead) {
  const struct {
    std::vector<std::string> arguments;
    const char* error;
  } wrong[] = {
      {{"foo"},
       "daxlab: there is no subcommand 'foo'; expected one of run, cells, merge, compare, check, "
       "validate, list, schema, "
       "doctor, soak, conformance, region, bench, new-plugin\nHow it is used: daxlab --help\n"},
      {{},
       "daxlab: a subcommand is missing; expected one of run, cells, merge, compare, check, "
       "validate, list, schema, "
       "doctor, soak, conformance, region, bench, new-plugin\nHow it is used: daxlab --help\n"},
      {{"region", "foo"},
       "daxlab region: there is no subcommand 'foo'; expected one of create, info, fsck\n"
       "How it is used: daxlab region --help\n"},
      {{"run", "some.yaml", "--dry-run"},
       "daxlab run: The following argument was not expected: --dry-run\n"
       "How it is used: daxlab run --help\n"},
      {{"region", "info"},
       "daxlab region info: path is required\nHow it is used: daxlab region info --help\n"},
  };
  for (const auto& line : wrong) {
    outcome_ = run_daxlab(line.arguments);
    expect_nothing_run();
    EXPECT_EQ(outcome_.error, line.error);
  }
}

TEST_F(CommandLine, OneWrongConfigOfSeveralRunsNothing) {
  const std::string bad = write("bad.yaml", "workloads: []\n").string();
  run(small, {bad});
  expect_nothing_run();
  EXPECT_THAT(one_line(outcome_.error), StartsWith("daxlab run: " + bad + ":1:12: "));
}

TEST_F(CommandLine, UnknownOptionsAndMissingArgumentsAreRefused) {
  const std::vector<std::vector<std::string>> wrong = {{},
                                                       {"frobnicate"},
                                                       {"run"},
                                                       {"run", "--frobnicate", "x.yaml"},
                                                       {"list", "--frobnicate"},
                                                       {"validate"},
                                                       {"doctor", "x"},
                                                       {"--frobnicate"}};
  for (const std::vector<std::string>& arguments : wrong) {
    const ProcessOutcome outcome = run_daxlab(arguments);
    EXPECT_EQ(outcome.exit_status, 2) << testing::PrintToString(arguments);
    EXPECT_EQ(outcome.out, "");
    EXPECT_NE(outcome.error, "");
  }
}

TEST_F(CommandLine, AConfigThatIsNotThere) {
  const std::string path = (folder_ / "missing.yaml").string();
  const ProcessOutcome outcome = run_daxlab({"run", path});
  EXPECT_EQ(outcome.exit_status, 2);
  EXPECT_THAT(one_line(outcome.error), StartsWith("daxlab run: " + path + ": cannot open: "));
}

TEST_F(CommandLine, ListCellsNamesThemAndRunsNone) {
  run(small, {"--list-cells"});
  EXPECT_EQ(outcome_.exit_status, 0);
  std::string expected;
  for (const std::string& name : small_names) expected += name + "\n";
  EXPECT_EQ(outcome_.out, expected);
  EXPECT_FALSE(has_results());
}

TEST_F(CommandLine, CellsSelectsByGlob) {
  run(small, {"--cells", "mkwrite*/global_zero/*"});
  EXPECT_EQ(outcome_.exit_status, 0) << outcome_.out << outcome_.error;
  ASSERT_TRUE(results_.is_map());
  EXPECT_EQ(results_["benchmarks"].size(), 1u);
  passed(small_names[3]);
  EXPECT_THAT(outcome_.out, HasSubstr("1 of 1 cells passed"));
}

TEST_F(CommandLine, AGlobThatMatchesNothingIsAnError) {
  run(small, {"--cells", "mkrite*"});
  expect_nothing_run();
  EXPECT_THAT(one_line(outcome_.error), HasSubstr("'mkrite*' matches none of 4 cells"));
}

TEST_F(CommandLine, SetOverridesAValue) {
  run(small, {"--list-cells", "--set", "workloads=[{name: hole_read, size: 2MiB}]", "--set",
              "matrix.fault=[native_zero]"});
  EXPECT_EQ(outcome_.exit_status, 0) << outcome_.error;
  EXPECT_EQ(outcome_.out,
            "hole_read:size=2MiB/mmu/memfd/native_zero/partial/first_fit/threads:1\n");
}

// Each takes one word, wherever it stands: never the config that follows.
TEST_F(CommandLine, OptionsMayStandBeforeTheConfig) {
  const std::string yaml = write("small.yaml", small).string();
  const std::vector<std::vector<std::string>> options = {
      {"--set", "seed=2"}, {"--plugin-path", DAXLAB_TEST_PLUGIN_FOLDER}, {"--cells", "*"}};
  for (const std::vector<std::string>& option : options) {
    const ProcessOutcome outcome =
        run_daxlab({"run", option[0], option[1], yaml, "--out", results_path().string(),
                    "--allow-writable-plugins", "--list-cells"});
    EXPECT_EQ(outcome.exit_status, 0) << option[0] << ": " << outcome.error;
    EXPECT_EQ(std::count(outcome.out.begin(), outcome.out.end(), '\n'), 4) << outcome.out;
  }
}

TEST_F(CommandLine, AWrongOverrideIsShown) {
  run(small, {"--set", "region.sise=1MiB"});
  expect_nothing_run();
  EXPECT_THAT(one_line(outcome_.error),
              StartsWith("daxlab run: --set region.sise=1MiB: unknown key"));
}

TEST_F(CommandLine, AnOutFileThatCannotBeWrittenIsFoundBeforeAnythingRuns) {
  const std::filesystem::path yaml = write("small.yaml", small);
  for (const std::filesystem::path& out : {folder_ / "missing" / "a.json", yaml / "a.json"}) {
    const ProcessOutcome outcome = run_daxlab({"run", yaml.string(), "--out", out.string()});
    EXPECT_EQ(outcome.exit_status, 2) << outcome.out;
    EXPECT_EQ(outcome.out, "");
    EXPECT_THAT(one_line(outcome.error), StartsWith("daxlab run: --out " + out.string() + ": "));
  }
}

TEST_F(CommandLine, ValidateCountsCellsAndRunsNone) {
  const std::string yaml = write("small.yaml", small).string();
  const ProcessOutcome good = run_daxlab({"validate", yaml});
  EXPECT_EQ(good.exit_status, 0) << good.error;
  EXPECT_EQ(good.out, yaml + ": ok, 4 cells\n");
  const std::string bad = write("bad.yaml", "workloads: all\nengine: mmuu\n").string();
  const ProcessOutcome refused = run_daxlab({"validate", bad});
  EXPECT_EQ(refused.exit_status, 2);
  EXPECT_THAT(one_line(refused.error), StartsWith("daxlab validate: " + bad + ":2:9: "));
}

TEST_F(CommandLine, ListIsJsonWhenAsked) {
  const ProcessOutcome outcome = run_daxlab(
      {"list", "--json", "--allow-writable-plugins", "--plugin-path", DAXLAB_TEST_PLUGIN_FOLDER});
  EXPECT_EQ(outcome.exit_status, 0) << outcome.error;
  const Json listing = json_or_null(outcome.out);
  ASSERT_TRUE(listing.is_map()) << outcome.out;
  std::vector<std::string> names;
  for (const Json& plugin : listing["plugins"].items()) names.push_back(plugin["name"].text());
  for (const char* name :
       {"page_zero", "global_zero", "native_zero", "alloc_on_read", "partial", "all_or_nothing",
        "atomic", "first_fit", "global_zero_without_unmap", "null_store"}) {
    EXPECT_THAT(names, testing::Contains(name));
  }
  EXPECT_THAT(listing["refused"].dump(), HasSubstr("/fault/abort_at_load.so: "));
}

TEST_F(CommandLine, DoctorIsJsonWhenAsked) {
  const ProcessOutcome outcome = run_daxlab({"doctor", "--json"});
  const Json findings = json_or_null(outcome.out);
  ASSERT_TRUE(findings.is_map()) << outcome.out;
  EXPECT_EQ(outcome.exit_status, findings["mmu_can_run"].as_bool().value() ? 0 : 1);
  for (const Json& finding : findings["findings"].items()) {
    EXPECT_NE(finding["name"].text(), "");
    EXPECT_NE(finding["found"].text(), "") << finding.dump();
  }
}

TEST_F(CommandLine, VersionNamesTheRevision) {
  const ProcessOutcome outcome = run_daxlab({"--version"});
  EXPECT_EQ(outcome.exit_status, 0);
  EXPECT_THAT(one_line(outcome.out),
              MatchesRegex("daxlab [0-9]+\\.[0-9]+\\.[0-9]+ \\(git [^ ,]+, .+\\)"));
}

// Where a result goes to a full disk, a script must not take it for one.
TEST_F(CommandLine, OutputThatCannotBeWrittenIsAFailure) {
  for (const char* command : {"list", "doctor --json"}) {
    const std::string line =
        std::string(DAXLAB_PROGRAM) + " " + command + " >/dev/full 2>/dev/null";
    const int status = std::system(line.c_str());
    ASSERT_TRUE(WIFEXITED(status)) << command;
    EXPECT_EQ(WEXITSTATUS(status), 1) << command;
  }
}

}  // namespace
}  // namespace daxlab
