// `daxlab_soak pairs`, what harness/soak --pairs calls: all cells run, whatever becomes of one.
#include <gmock/gmock.h>

#include <algorithm>

#include "harness/end_to_end/campaign_process.h"

namespace daxlab {
namespace {

using testing::HasSubstr;

class Pairs : public CampaignExperiment {
 protected:
  ProcessOutcome pairs(const std::vector<std::string>& more) const {
    const auto program = std::filesystem::path(DAXLAB_PROGRAM).parent_path() / "daxlab_soak";
    std::vector<std::string> words = {program.string(), "pairs", "--folder",
                                      (folder_ / "pairs").string()};
    words.insert(words.end(), more.begin(), more.end());
    return RunningProgram::of(words).wait();
  }
  size_t files_below(const char* folder) const {
    size_t files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder_ / "pairs" / folder)) {
      files += entry.is_regular_file();
    }
    return files;
  }
};

TEST_F(Pairs, RowsRunWithEachSeedAndAreCounted) {
  const ProcessOutcome outcome =
      pairs({"--seeds", "2", "--seed", "7", "--jobs", "2", "--cells", "mixed*/page_zero*"});
  EXPECT_EQ(outcome.exit_status, 0) << outcome.out << outcome.error;
  EXPECT_THAT(outcome.out, HasSubstr(" rows, with 2 seeds from 7\n"));
  EXPECT_THAT(outcome.out, HasSubstr("\nseed 7: 6 cells so far, 0 failed, "));
  EXPECT_THAT(outcome.out, HasSubstr("\nseed 8: 12 cells so far, 0 failed, "));
  EXPECT_THAT(outcome.out, HasSubstr("\n12 of 12 cells ran in "));
  EXPECT_THAT(outcome.out, HasSubstr(" by SIGSEGV alone"));
  EXPECT_TRUE(outcome.out.ends_with(": 0 failed\n")) << outcome.out;
  EXPECT_EQ(files_below("."), 0u);  // no region stays
  EXPECT_EQ(files_below("found"), 0u);
}

// One strategy more, which kills its process at the first fault.
TEST_F(Pairs, ACellThatDiesIsTellingOfItselfAndNotTheEnd) {
  const std::filesystem::path plugins = folder_ / "plugins";
  std::filesystem::create_directory(plugins);
  std::filesystem::copy_file(
      std::filesystem::path(DAXLAB_TEST_PLUGIN_FOLDER) / "fault/null_store.so",
      plugins / "null_store.so");
  const ProcessOutcome outcome =
      pairs({"--seeds", "2", "--cells", "*/null_store/*", "--plugin-path", plugins.string(),
             "--allow-writable-plugins"});
  EXPECT_EQ(outcome.exit_status, 1) << outcome.out << outcome.error;
  EXPECT_THAT(outcome.out, HasSubstr("\n8 of 8 cells ran in "));
  EXPECT_TRUE(outcome.out.ends_with(": 8 failed\n")) << outcome.out;
  EXPECT_THAT(outcome.out, HasSubstr("FAILED truncate_regrow:"));
  EXPECT_THAT(outcome.out, HasSubstr(" seed 2\n  fault plugin 'null_store'"));
  EXPECT_THAT(outcome.out, HasSubstr("killed by SIGSEGV in fault"));
  EXPECT_EQ(files_below("found"), 8u);

  const std::string line = line_after(outcome.out, "  repeat: ");
  const ProcessOutcome again = RunningProgram::shell(line).wait();
  EXPECT_EQ(again.exit_status, 1) << line << "\n" << again.out << again.error;
  EXPECT_THAT(again.out, HasSubstr("killed by SIGSEGV in fault"));
}

TEST_F(Pairs, WhatCannotBeRunIsSaid) {
  const ProcessOutcome none = pairs({"--cells", "no_such*"});
  EXPECT_EQ(none.exit_status, 2) << none.out;
  EXPECT_THAT(none.error, HasSubstr("daxlab pairs: --cells 'no_such*' matches none of "));
  EXPECT_EQ(pairs({"--seeds", "0"}).exit_status, 2);
  // A strategy that cannot be loaded would be missing from the table.
  write("broken.so", "no shared object");
  const ProcessOutcome broken =
      pairs({"--plugin-path", folder_.string(), "--allow-writable-plugins"});
  EXPECT_EQ(broken.exit_status, 2) << broken.out;
  EXPECT_THAT(broken.error, HasSubstr("broken.so"));
}

}  // namespace
}  // namespace daxlab
