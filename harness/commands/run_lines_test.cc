#include "harness/commands/run_lines.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>

#include "harness/commands/shell_words.h"

namespace daxlab {
namespace {

TEST(ShellWords, PlainOnesStayAsTheyAre) {
  EXPECT_EQ(shell_word("region.size=1GiB"), "region.size=1GiB");
  EXPECT_EQ(shell_word("a/b:c=1,d@2%+-_"), "a/b:c=1,d@2%+-_");
}

TEST(ShellWords, AnyOtherComesBackFromAShellAsItWas) {
  const std::vector<std::string> words = {"",        "two words",  "it's",     "\"$HOME\" `id`",
                                          "a*b?[c]", "~",          "#comment", "back\\slash",
                                          "!x",      "a;b&c|d<e>", "{a,b}",    "tab\tand\nline"};
  const std::string line = "printf '<%s>' " + shell_line(words);
  FILE* shell = popen(line.c_str(), "r");
  ASSERT_NE(shell, nullptr);
  std::string got, expected;
  std::array<char, 512> buffer;
  for (size_t count; (count = fread(buffer.data(), 1, buffer.size(), shell)) > 0;) {
    got.append(buffer.data(), count);
  }
  EXPECT_EQ(pclose(shell), 0);
  for (const std::string& word : words) expected += "<" + word + ">";
  EXPECT_EQ(got, expected);
}

RunArguments some_arguments() {
  RunArguments arguments;
  arguments.program = "bin/daxlab";
  arguments.configs = {"a b.yaml", "-c.yaml"};
  arguments.overrides = {"repetitions=9", "matrix.fault=[page_zero]"};
  arguments.plugins = {.folders = {"my plugins"}, .allow_writable = true};
  arguments.no_userfaultfd = true;
  return arguments;
}

TEST(RunLines, GoingOnRepeatsAllThatDecidesWhatRuns) {
  RunArguments arguments = some_arguments();
  arguments.cells_globs = {"write*"};
  arguments.jobs = 2;
  arguments.out = "out.json";
  arguments.csv = "out.csv";
  EXPECT_EQ(
      resume_line(arguments),
      "bin/daxlab run 'a b.yaml' ./-c.yaml --cells 'write*' --set repetitions=9 "
      "--set 'matrix.fault=[page_zero]' --plugin-path 'my plugins' "
      "--allow-writable-plugins --no-userfaultfd --jobs 2 --csv out.csv --out out.json --resume");
}

TEST(RunLines, ACellAloneIsOnceAndOfItsOwnConfig) {
  Config config;
  config.path = "a b.yaml";
  config.cells.resize(1);
  config.cells[0].workload.name = "w[1]*";
  config.cells[0].engine = EngineKind::baseline;
  const SelectedCell cell{&config, &config.cells[0]};
  RunArguments arguments = some_arguments();
  EXPECT_EQ(alone_line(arguments, cell),
            "bin/daxlab run 'a b.yaml' --cells 'w\\[1]\\*/baseline/-/-/-/-/threads:1' "
            "--set repetitions=9 --set 'matrix.fault=[page_zero]' --set repetitions=1 "
            "--plugin-path 'my plugins' --allow-writable-plugins --no-userfaultfd");
  arguments.from_result = "old.json";
  EXPECT_EQ(alone_line(arguments, cell).substr(0, 39), "bin/daxlab run --from-result old.json -");
}

}  // namespace
}  // namespace daxlab
