#include <gtest/gtest.h>

#include "harness/workloads/bounded_file_system.h"
#include "harness/workloads/workload_test_run.h"

namespace daxlab {
namespace {

constexpr uint64_t bounded_blocks = 700;
enum OnShortChoice : uint64_t { accept, retry, fail };

TestRun run_bounded(AtFull at_full, Fault fault, std::string_view workload,
                    const std::map<std::string, uint64_t>& options, uint64_t threads = 1) {
  const auto files = baseline_in_memory();
  BoundedFileSystem bounded(*files, bounded_blocks, at_full, fault);
  TestRun run = run_workload(bounded, workload, options, threads);
  EXPECT_EQ(run.starts, 1);
  EXPECT_EQ(run.stops, 1);
  if (!run.failure) {
    EXPECT_EQ(bounded.space_use().free_blocks, bounded_blocks);
  }
  return run;
}

using EnospcCase = std::tuple<AtFull, uint64_t, uint64_t, uint64_t>;
class Enospc : public ::testing::TestWithParam<EnospcCase> {};

TEST_P(Enospc, RightFileSystemPasses) {
  const auto [at_full, on_short, threads, block_size] = GetParam();
  const TestRun run = run_bounded(at_full, Fault::none, "enospc",
                                  {{"block_size", block_size}, {"on_short", on_short}}, threads);
  EXPECT_FALSE(run.failure) << message_of(run);
  const double shorts = run.extra.at("caller_short_writes");
  EXPECT_EQ(run.extra.at("caller_writes"), static_cast<double>(run.operations));
  EXPECT_GT(shorts + run.extra.at("caller_failed_writes"), 0);
  if (at_full == AtFull::all_or_nothing) {
    EXPECT_EQ(shorts, 0);
  }
  if (on_short == fail) {
    EXPECT_EQ(run.extra.at("caller_truncated_back"), shorts);
  }
  if (on_short != retry) {
    EXPECT_EQ(run.extra.at("caller_retries"), 0);
  }
  // Filled once, and again for all that was freed.
  EXPECT_GT(run.bytes_processed, bounded_blocks * block_bytes);
}

INSTANTIATE_TEST_SUITE_P(
    Bounded, Enospc,
    ::testing::Combine(::testing::Values(AtFull::partial, AtFull::all_or_nothing),
                       ::testing::Values(accept, retry, fail), ::testing::Values(1, 2, 5),
                       ::testing::Values(4096, 24 * 1024, 20008)));

TEST(EnospcPartial, ShortWritesAreSeenByACallerAlone) {
  for (const uint64_t on_short : {accept, retry, fail}) {
    const TestRun run = run_bounded(AtFull::partial, Fault::none, "enospc",
                                    {{"block_size", 24 * 1024}, {"on_short", on_short}});
    EXPECT_GT(run.extra.at("caller_short_writes"), 0) << on_short;
    EXPECT_EQ(run.extra.at("caller_retries") > 0, on_short == retry);
  }
}

TEST(EnospcAlone, IsTheSameHistoryEachTime) {
  const auto once = [] {
    return run_bounded(AtFull::partial, Fault::none, "enospc", {{"block_size", 20008}});
  };
  EXPECT_EQ(once().extra, once().extra);
}

struct FaultCase {
  const char* what;
  AtFull at_full;
  Fault fault;
  uint64_t on_short;
  std::vector<uint64_t> threads;
  const char* says;  // with one thread
};

TEST(EnospcFaults, AreFoundOut) {
  const auto one = std::vector<uint64_t>{1};
  const auto both = std::vector<uint64_t>{1, 3};
  const FaultCase cases[] = {
      {"leak", AtFull::all_or_nothing, Fault::leaks_at_failure, accept, both,
       "enospc: accounting at a failed write of 24576 bytes"},
      {"size", AtFull::all_or_nothing, Fault::grows_at_failure, accept, both, ": size: expected "},
      {"bytes", AtFull::all_or_nothing, Fault::writes_at_failure, accept, both, "(through read)"},
      {"buffered", AtFull::partial, Fault::buffers_at_failure, accept, both,
       "seen the end of the file (size "},
      {"more said", AtFull::partial, Fault::reports_more, retry, both,
       "seen the end of the file (size "},
      {"more done", AtFull::partial, Fault::writes_more, accept, both, ": size: expected "},
      {"unlink", AtFull::partial, Fault::keeps_after_unlink, accept, one, "enospc: "},
      {"punch", AtFull::partial, Fault::keeps_after_punch, accept, one, "enospc: accounting "},
      {"punch too far", AtFull::partial, Fault::punches_one_page_more, accept, both,
       "seen 0x0 (through read)"},
      {"stays full", AtFull::partial, Fault::stays_full, accept, one, "after space was freed"},
  };
  for (const FaultCase& test : cases) {
    for (const uint64_t threads : test.threads) {
      SCOPED_TRACE(std::string(test.what) + ", threads " + std::to_string(threads));
      const TestRun run =
          run_bounded(test.at_full, test.fault, "enospc",
                      {{"block_size", 24 * 1024}, {"on_short", test.on_short}}, threads);
      ASSERT_TRUE(run.failure);
      if (threads == 1) {
        EXPECT_NE(message_of(run).find(test.says), std::string::npos) << message_of(run);
      }
      EXPECT_EQ(message_of(run).rfind("enospc: ", 0), 0u) << message_of(run);
    }
  }
}

TEST(EnospcRegion, TooSmallOrNeverFullIsAnError) {
  const auto files = baseline_in_memory();
  BoundedFileSystem small(*files, 20, AtFull::partial);
  const TestRun run = run_workload(small, "enospc", {});
  EXPECT_NE(message_of(run).find("make block_size smaller or the region larger"), std::string::npos)
      << message_of(run);
}

TEST(MappedEnospc, RightFileSystemPasses) {
  for (const AtFull at_full : {AtFull::partial, AtFull::all_or_nothing}) {
    const TestRun run = run_bounded(at_full, Fault::none, "mapped_enospc", {});
    EXPECT_FALSE(run.failure) << message_of(run);
    EXPECT_EQ(run.extra.at("refused_stores"), 511.0 - 8 - 128);
    EXPECT_EQ(run.extra.at("fitted_stores"), 128.0);
    EXPECT_GT(run.operations, 503u);
  }
}

TEST(MappedEnospc, FaultsAreFoundOut) {
  const std::pair<Fault, const char*> cases[] = {
      {Fault::stores_at_failure, "mapped_enospc: file 'data' offset "},
      {Fault::store_stays_refused, "after space was freed: no space left in the region"},
      {Fault::stores_to_blocks_fail, "store to a page that has a block: no space"},
      {Fault::never_full_for_stores, "stores into holes found a block"},
      {Fault::buffers_at_failure, "mapped_enospc: file 'filler': read of "},
      {Fault::keeps_after_punch, "mapped_enospc: accounting of the full region: "},
  };
  for (const auto& [fault, says] : cases) {
    const auto files = baseline_in_memory();
    BoundedFileSystem bounded(*files, bounded_blocks, AtFull::partial, fault);
    const TestRun run = run_workload(bounded, "mapped_enospc", {});
    ASSERT_TRUE(run.failure) << says;
    EXPECT_NE(message_of(run).find(says), std::string::npos) << message_of(run);
  }
}

}  // namespace
}  // namespace daxlab
