#include "harness/workloads/lie_cases_test.h"

namespace daxlab {
namespace {

TEST(FsyncEvery, IsAskedForAsOftenAsItSays) {
  const auto syncs_of = [](const char* name, Options options) {
    uint64_t syncs = 0;
    Lies lies;
    lies.sync = [&syncs] {
      ++syncs;
      return Status();
    };
    const auto files = baseline_in_memory();
    LyingFileSystem counting(*files, lies);
    options["size"] = 16 * page_bytes;
    const TestRun run = run_workload(counting, name, options);
    EXPECT_FALSE(run.failure) << message_of(run);
    return syncs;
  };
  EXPECT_EQ(syncs_of("write", {}), 0u);
  EXPECT_EQ(syncs_of("write", {{"fsync_every", 5}}), 3u);
  EXPECT_EQ(syncs_of("write", {{"fsync_every", 1}, {"mode", 1}}), 16u);
  EXPECT_EQ(syncs_of("mapped_write", {}), 1u);
  EXPECT_EQ(syncs_of("mapped_write", {{"fsync_every", 5}}), 6u + 1);  // two times 16 blocks
  EXPECT_EQ(syncs_of("mapped_write", {{"fsync_every", 1}, {"mode", 1}}), 16u + 1);
  const Options writes{{"read_share", 0}, {"operations", 100}, {"fsync_every", 10}};
  EXPECT_EQ(syncs_of("mixed", writes), 10u);
  const Options reads{{"read_share", 100}, {"operations", 100}, {"fsync_every", 1}};
  EXPECT_EQ(syncs_of("mixed", reads), 0u);
}

TEST(FsyncEvery, FailsWhenTheSyncDoes) {
  for (const char* name : {"write", "mapped_write"}) {
    const auto files = baseline_in_memory();
    Lies lies;
    lies.sync = refused;
    LyingFileSystem failing(*files, lies);
    const Options options{{"size", 16 * page_bytes}, {"fsync_every", 3}};
    EXPECT_NE(message_of(run_workload(failing, name, options)).find("sync: input/output error"),
              std::string::npos);
  }
}

}  // namespace
}  // namespace daxlab
