// What was judged in another run of a program is not judged again, and nothing is missed by that.
#include <gtest/gtest.h>

#include <map>
#include <unordered_set>

#include "core/base/sizes.h"
#include "harness/crash/check_crashes.h"
#include "harness/crash/recorded_run_test.h"
#include "harness/crash/trace_mutation.h"

namespace daxlab {
namespace {

RecordedRun recorded_run(uint64_t seed) {
  ConcurrentProgram program = random_concurrent_program(seed, 2);
  program.rounds.resize(1);
  return record_in_turns(program, "partial", MiB);
}

CrashPlan plan_with(std::unordered_set<uint64_t>* known) {
  CrashPlan plan;
  plan.both_domains = true;
  plan.most_images = 400;
  plan.known = known;
  return plan;
}

TEST(KnownCrashes, OfTheSameRunAreNotJudgedAgain) {
  const RecordedRun run = recorded_run(1);
  std::unordered_set<uint64_t> known;
  const CrashVerdict first = check_crashes(run, plan_with(&known));
  EXPECT_EQ(first.counts.known_runs, 0u);
  EXPECT_GT(first.counts.images, 0u);
  const CrashVerdict second = check_crashes(run, plan_with(&known));
  EXPECT_EQ(second.counts.known_runs, 1u);
  EXPECT_EQ(second.counts.moments, 0u);
}

TEST(KnownCrashes, OfARunThatBeganAlikeAreNotJudgedAgain) {
  const RecordedRun run = recorded_run(1);
  PersistTrace shorter = run.trace;
  while (shorter.events.back().kind != EventKind::fence) shorter.events.pop_back();
  std::unordered_set<uint64_t> known;
  check_crashes(run, shorter, plan_with(&known));
  const CrashVerdict longer = check_crashes(run, plan_with(&known));
  EXPECT_EQ(longer.counts.known_runs, 0u);
  EXPECT_GT(longer.counts.known_moments, 0u);
  EXPECT_LT(longer.counts.known_moments, longer.counts.moments);
}

// A core without one of its stores, flushes or fences makes a run that differs in little from one
// that was found right.
TEST(KnownCrashes, OfARightRunHideNothingOfAWrongOne) {
  uint64_t found = 0;
  for (uint64_t seed = 1; seed <= 6; ++seed) {
    const RecordedRun run = recorded_run(seed);
    for (const auto& [site, events] : persist_sites(run.trace)) {
      const PersistTrace wrong = without(run.trace, site);
      const bool is_found = check_crashes(run, wrong, plan_with(nullptr)).finding.has_value();
      std::unordered_set<uint64_t> known;
      ASSERT_FALSE(check_crashes(run, plan_with(&known)).finding);
      EXPECT_EQ(check_crashes(run, wrong, plan_with(&known)).finding.has_value(), is_found)
          << "seed " << seed << " without " << name_of(site.kind) << " at " << site.place;
      found += is_found ? 1 : 0;
    }
  }
  EXPECT_GT(found, 20u);
}

}  // namespace
}  // namespace daxlab
