// `daxlab soak`: right strategies give everything back; what is kept is named.
#include <gmock/gmock.h>

#include "harness/end_to_end/experiment.h"

namespace daxlab {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;
using testing::StartsWith;

class Soak : public Experiment {
 protected:
  ProcessOutcome soak(const std::string& yaml, const std::vector<std::string>& more) {
    std::vector<std::string> arguments = {"soak", write("config.yaml", yaml).string(),
                                          "--plugin-path", DAXLAB_TEST_PLUGIN_FOLDER};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_daxlab(arguments, environment_);
  }
};

TEST_F(Soak, StrategiesThatAreRightGiveEverythingBack) {
  const auto outcome =
      soak("region: {size: 16MiB, path: " + (folder_ / "lab.pmem").string() +
               "}\npath: " + folder_.string() +
               "\nmatrix:\n  engine: [mmu, simulator, baseline]\n  medium: [memfd, file]\n"
               "  fault: [page_zero, native_zero]\nworkloads:\n  - {name: hole_read, size: 1MiB}\n"
               "  - {name: mapped_write, size: 256KiB}\n  - {name: write, size: 1MiB}\n",
           {"--time", "500ms", "--seed", "7"});
  EXPECT_EQ(outcome.exit_status, 0) << outcome.out << outcome.error;
  EXPECT_THAT(outcome.out, HasSubstr("seed 7"));
  EXPECT_THAT(outcome.out, HasSubstr("free blocks: as at first after every run\n"));
  EXPECT_FALSE(
      std::filesystem::exists(folder_ / "lab.pmem"));  // its labs have regions of their own
}

TEST_F(Soak, BlocksThatAnAllocatorLosesAreNoticed) {
  const auto outcome = soak(
      "region: {size: 16MiB}\nalloc: forgets_a_block\nworkloads: [{name: write, size: 1MiB}]\n",
      {"--time", "1s"});
  EXPECT_EQ(outcome.exit_status, 1) << outcome.out;
  EXPECT_THAT(outcome.error, HasSubstr("forgets_a_block/threads:1 (seed "));
  EXPECT_THAT(outcome.error, HasSubstr("blocks are free where "));
}

TEST_F(Soak, FilesThatAPluginLeavesOpenAreNoticed) {
  const auto outcome = soak(
      "region: {size: 1MiB}\nengine: simulator\nwrite: keeps_files_open\n"
      "workloads: [{name: write, size: 4KiB}]\n",
      {"--time", "2s"});
  EXPECT_EQ(outcome.exit_status, 1) << outcome.out;
  EXPECT_THAT(outcome.error, HasSubstr("daxlab soak: not given back: "));
  EXPECT_THAT(outcome.error, HasSubstr("open files grew from "));
  EXPECT_THAT(outcome.error, HasSubstr("kernel mappings grew from "));
}

TEST_F(Soak, ACrashNamesTheCell) {
  const auto outcome =
      soak("region: {size: 16MiB}\nfault: null_store\nworkloads: [{name: mkwrite, size: 4KiB}]\n",
           {"--time", "1s"});
  EXPECT_NE(outcome.signal_number, 0);
  EXPECT_THAT(outcome.error, StartsWith("daxlab soak: killed by SIGSEGV in mkwrite:size=4KiB/"));
}

TEST_F(Soak, ACellThatNeverEndsIsNamedAtItsTimeLimit) {
  const auto outcome = soak(
      "region: {size: 16MiB}\nfault: endless_fault\ntime_limit: 200ms\nworkloads: [hole_read]\n",
      {"--time", "1s"});
  EXPECT_NE(outcome.signal_number, 0);
  EXPECT_THAT(outcome.error, StartsWith("daxlab soak: still running at its time limit in hole_"));
}

TEST_F(Soak, TimeHasAUnitAndAnEnd) {
  for (const char* time : {"soon", "0", "5", "5y", "31000000s"}) {
    const auto outcome = soak("workloads: [hole_read]\n", {"--time", time});
    EXPECT_EQ(outcome.exit_status, 2) << time;
    EXPECT_THAT(outcome.error, StartsWith("daxlab soak: --time: expected ")) << time;
    EXPECT_EQ(outcome.out, "") << time;
  }
}

}  // namespace
}  // namespace daxlab
