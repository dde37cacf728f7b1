// Every write strategy, crashed at every fence of many histories: no promise is broken.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <string>

#include "harness/crash/check_crashes.h"
#include "harness/crash/crash_runs_test.h"

namespace daxlab {
namespace {

constexpr uint64_t histories_of_all = 750;

uint64_t histories_of_a_strategy() {
  return explored_by_each(histories_of_all, write_variants().size());
}

class Crashes : public testing::TestWithParam<std::string> {
 protected:
  // Returns how many operations failed for want of space.
  uint64_t check(uint64_t region_bytes, uint64_t histories, EngineKind engine,
                 PersistenceDomain domain = PersistenceDomain::adr) {
    const CrashPlan plan{
        .atomic_writes = GetParam() == "atomic", .subsets = 8, .domain = domain, .most_images = 0};
    CrashCounts counts;
    uint64_t failed = 0;
    for (uint64_t seed = first_seed(); seed < first_seed() + histories; ++seed) {
      const RecordedHistory recorded = record_seed(seed, GetParam(), region_bytes, engine);
      if (engine == EngineKind::simulator) {
        EXPECT_EQ(find_unrecorded_store(recorded), std::nullopt)
            << *find_unrecorded_store(recorded);
      }
      const CrashVerdict verdict = check_crashes(recorded, plan);
      counts += verdict.counts;
      failed += static_cast<uint64_t>(
          std::ranges::count(recorded.ops, ErrorCode::no_space, &RecordedOp::code));
      if (!verdict.finding) continue;
      ADD_FAILURE() << verdict.finding->text;
      break;
    }
    std::printf(
        "%s, %s, %lu KiB: %lu histories, %lu moments (%lu of them sampled), %lu images (%lu "
        "distinct), %lu recoveries cut short, %lu regions used further, %lu times no space\n",
        GetParam().c_str(), name_of(domain), region_bytes / 1024, counts.histories, counts.moments,
        counts.sampled_moments, counts.images, counts.distinct_images, counts.cut_recoveries,
        counts.lives, failed);
    RecordProperty("images", std::to_string(counts.images));
    EXPECT_GT(counts.cut_recoveries, 0u);
    return failed;
  }
};

TEST_P(Crashes, AtEveryFenceLeaveEveryPromiseKept) {
  check(roomy_bytes, histories_of_a_strategy(), EngineKind::simulator);
}

TEST_P(Crashes, WhereSpaceRunsOutToo) {
  const uint64_t count = histories_of_a_strategy() * 2 / 5;
  EXPECT_GT(check(tight_bytes, count, EngineKind::simulator), count / 4);
}

TEST_P(Crashes, WhereCachesAreDurable) {
  check(tight_bytes, histories_of_a_strategy() / 5, EngineKind::simulator, PersistenceDomain::eadr);
}

// Stores by the processor come to light when they are flushed, and faults are real.
TEST_P(Crashes, OnTheMmu) { check(roomy_bytes, histories_of_a_strategy() / 5, EngineKind::mmu); }

INSTANTIATE_TEST_SUITE_P(Strategies, Crashes, testing::ValuesIn(write_variants()),
                         [](const auto& test) { return test.param; });

}  // namespace
}  // namespace daxlab
