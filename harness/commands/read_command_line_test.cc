#include "harness/commands/read_command_line.h"

#include <gtest/gtest.h>

#include <filesystem>

namespace daxlab {
namespace {

using Words = std::vector<std::string>;

class SomeCommand final : public Command {
 public:
  CommandTable table() override {
    return {.name = "some",
            .help = "Does something",
            .options = {
                {.name = "files", .value = "FILE", .help = "What to read", .into = &files},
                {.name = "--quick", .help = "Soon", .into = &quick},
                {.name = "--jobs",
                 .value = "N",
                 .help = "At once",
                 .into = &jobs,
                 .limits = NumberLimits{1, 8}},
                {.name = "--set", .value = "KEY=VALUE", .help = "Changes", .into = &set},
                {.name = "--out", .value = "FILE", .help = "Where to", .into = &out},
                {.name = "--csv", .value = "FILE", .help = "And to", .into = &csv},
                {.name = "--name", .value = "TEXT", .help = "Whose", .into = &name},
            }};
  }

  Words files, set;
  bool quick = false;
  uint64_t jobs = 3;
  std::optional<std::string> out, csv;
  std::string name = "nobody's";
};

class InnerCommand final : public Command {
 public:
  CommandTable table() override {
    return {.name = "inner",
            .help = "Inside",
            .options = {{.name = "path",
                         .value = "PATH",
                         .help = "The file",
                         .into = &path,
                         .required = true}}};
  }
  std::string path;
};

class OuterCommand final : public Command {
 public:
  CommandTable table() override {
    return {.name = "outer", .help = "Around", .subcommands = {&inner}};
  }
  InnerCommand inner;
};

class EveryWordCommand final : public Command {
 public:
  CommandTable table() override {
    return {.name = "every", .help = "Takes what comes", .takes_every_word = true};
  }
};

class ReadCommandLine : public testing::Test {
 protected:
  CommandLineReading read(std::vector<const char*> words) {
    words.insert(words.begin(), "bin/daxlab");
    return read_command_line({&some, &outer, &every}, "daxlab 7", static_cast<int>(words.size()),
                             words.data());
  }
  SomeCommand some;
  OuterCommand outer;
  EveryWordCommand every;
};

TEST_F(ReadCommandLine, WhatIsNotGivenStaysAsItWas) {
  const CommandLineReading reading = read({"some"});
  EXPECT_EQ(reading.chosen, &some);
  EXPECT_EQ(reading.problem + reading.shown, "");
  EXPECT_EQ(reading.line.words, (Words{"bin/daxlab", "some"}));
  EXPECT_EQ(reading.line.given, Words());
  EXPECT_EQ(some.files, Words());
  EXPECT_EQ(some.jobs, 3u);
  EXPECT_EQ(some.name, "nobody's");
  EXPECT_FALSE(some.quick || some.out || some.csv);
}

TEST_F(ReadCommandLine, EveryTargetTakesItsValue) {
  const CommandLineReading reading = read({"some", "--csv", "c", "a", "--set", "x=1", "b", "--jobs",
                                           "8", "--set", "y=2", "--quick", "--name", "mine"});
  ASSERT_EQ(reading.chosen, &some) << reading.problem;
  EXPECT_EQ(reading.line.program(), std::filesystem::absolute("bin/daxlab").string());
  EXPECT_EQ((TypedLine{{"./bin/../daxlab"}, {}}).program(),
            std::filesystem::absolute("daxlab").string());
  EXPECT_EQ((TypedLine{{"daxlab"}, {}}).program(), "daxlab") << "the shell finds it again";
  EXPECT_EQ(reading.line.given, (Words{"files", "--quick", "--jobs", "--set", "--csv", "--name"}));
  EXPECT_EQ(some.files, (Words{"a", "b"}));
  EXPECT_EQ(some.set, (Words{"x=1", "y=2"}));
  EXPECT_EQ(some.jobs, 8u);
  EXPECT_EQ(some.out, std::nullopt);
  EXPECT_EQ(some.csv, "c");
  EXPECT_EQ(some.name, "mine");
  EXPECT_TRUE(some.quick);
}

TEST_F(ReadCommandLine, AnOptionalValueMayBeEmpty) {
  ASSERT_EQ(read({"some", "--out", ""}).chosen, &some);
  EXPECT_EQ(some.out, "");
}

TEST_F(ReadCommandLine, SubcommandsAreFoundInsideTheirCommand) {
  EXPECT_EQ(read({"outer", "inner", "lab.pmem"}).chosen, &outer.inner);
  EXPECT_EQ(outer.inner.path, "lab.pmem");
}

TEST_F(ReadCommandLine, WhatIsWrongIsToldOfTheCommandThatItIsIn) {
  const struct {
    std::vector<const char*> words;
    const char* problem;
  } wrong[] = {
      {{},
       "daxlab: a subcommand is missing; expected one of some, outer, every\n"
       "How it is used: daxlab --help\n"},
      {{"outer", "other"},
       "daxlab outer: there is no subcommand 'other'; expected one of inner\n"
       "How it is used: daxlab outer --help\n"},
      {{"outer", "inner"},
       "daxlab outer inner: path is required\nHow it is used: daxlab outer inner --help\n"},
      {{"some", "--jobs", "9"},
       "daxlab some: --jobs: Value 9 not in range 1 to 8\nHow it is used: daxlab some --help\n"},
  };
  for (const auto& line : wrong) {
    const CommandLineReading reading = read(line.words);
    EXPECT_EQ(reading.chosen, nullptr);
    EXPECT_EQ(reading.shown, "");
    // Newer versions of the library write limits in brackets.
    std::string problem = reading.problem;
    const std::string in_brackets = "[1 - 8]";
    const size_t at = problem.find(in_brackets);
    if (at != std::string::npos) problem.replace(at, in_brackets.size(), "1 to 8");
    EXPECT_EQ(problem, line.problem);
  }
}

TEST_F(ReadCommandLine, HelpAndVersionAreShownAndNothingIsChosen) {
  const CommandLineReading help = read({"some", "--help"});
  EXPECT_EQ(help.chosen, nullptr);
  EXPECT_EQ(help.problem, "");
  EXPECT_NE(help.shown.find("--jobs N:UINT in [1 - 8]"), std::string::npos) << help.shown;
  EXPECT_EQ(read({"--version"}).shown, "daxlab 7\n");
}

TEST_F(ReadCommandLine, ACommandMayTakeEveryWordAsItIs) {
  const CommandLineReading reading = read({"every", "--help", "--unknown", "some"});
  EXPECT_EQ(reading.chosen, &every);
  EXPECT_EQ(reading.line.words, (Words{"bin/daxlab", "every", "--help", "--unknown", "some"}));
}

}  // namespace
}  // namespace daxlab
