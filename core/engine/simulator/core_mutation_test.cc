#include "core/engine/simulator/core_mutation.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/engine/simulator/lost_update_test.h"
#include "core/sync/locked.h"
#include "core/sync/sync.h"

namespace daxlab {
namespace {

struct MutatedRun {
  ScheduledRun run;
  bool two_inside = false;
};

MutatedRun run_mutated(const CoreMutation& mutation, uint64_t seed) {
  MutatedRun result;
  Mutex mutex;
  int inside = 0;
  const SimulatedThread thread{[&] {
                                 const Locked guard(mutex);
                                 ++inside;
                                 step();
                                 result.two_inside = result.two_inside || inside == 2;
                                 --inside;
                               },
                               0};
  FiberScheduler scheduler;
  const auto policy = random_policy(seed);
  result.run = scheduler.run(std::vector{thread, thread}, *policy, &mutation);
  return result;
}

TEST(FiberScheduler, ALockThatIsKeptIsTold) {
  FiberScheduler scheduler;
  Mutex mutex;
  const auto policy = random_policy(1);
  const SimulatedThread forgets{[&] { mutex.lock(); }, 0};
  const ScheduledRun run = scheduler.run(std::vector{forgets}, *policy);
  EXPECT_EQ(run.end, RunEnd::kept_lock);
  EXPECT_TRUE(run.text.starts_with(
      "all have ended, and a lock is kept for ever\n  thread 0 has ended, after a step at core/"))
      << run.text;
}

TEST(CoreMutation, ADroppedLockLetsTwoIn) {
  bool two_inside = false;
  for (uint64_t seed = 0; seed < 20; ++seed) {
    const MutatedRun mutated =
        run_mutated({.how = CoreMutation::How::drop, .kind = StepKind::lock, .place = {}}, seed);
    EXPECT_EQ(mutated.run.end, RunEnd::completed);
    two_inside = two_inside || mutated.two_inside;
  }
  EXPECT_TRUE(two_inside);
}

TEST(CoreMutation, ADroppedUnlockAndALockTakenTwiceAreDeadlocks) {
  EXPECT_EQ(run_mutated({.how = CoreMutation::How::drop, .kind = StepKind::unlock, .place = {}}, 1)
                .run.end,
            RunEnd::deadlock);
  const MutatedRun twice = run_mutated(
      {.how = CoreMutation::How::twice, .kind = StepKind::lock, .place = {}, .nth = 1}, 1);
  EXPECT_EQ(twice.run.end, RunEnd::deadlock);
  EXPECT_NE(twice.run.text.find(", which it holds since "), std::string::npos) << twice.run.text;
}

TEST(CoreMutation, IsOfOnePlaceOneKindAndOneTime) {
  std::vector<std::string> done;
  const auto act = [&done](const char* name, SourceLocation where) {
    in_schedule(StepKind::flush, name, where, [&done, name] { done.push_back(name); });
  };
  const SourceLocation here = SourceLocation::current(), there = SourceLocation::current();
  EXPECT_EQ(place_of(here), place_of(there));
  const SimulatedThread thread{[&] {
                                 act("a", here);
                                 act("b", here);
                                 in_schedule(StepKind::fence, &done, here, [] {});
                                 act("c", here);
                               },
                               0};
  const auto run = [&](const CoreMutation& mutation) {
    done.clear();
    FiberScheduler scheduler;
    const auto policy = random_policy(1);
    scheduler.run(std::vector{thread}, *policy, &mutation);
    return done;
  };
  using How = CoreMutation::How;
  using Names = std::vector<std::string>;
  EXPECT_EQ(run({How::drop, StepKind::flush, place_of(here), 2}), (Names{"a", "c"}));
  EXPECT_EQ(run({How::twice, StepKind::flush, place_of(here), 1}), (Names{"a", "a", "b", "c"}));
  EXPECT_EQ(run({How::swap, StepKind::flush, place_of(here), 2}), (Names{"a", "c", "b"}));
  EXPECT_EQ(run({How::swap, StepKind::flush, place_of(here), 3}), (Names{"a", "b", "c"}));
  EXPECT_EQ(run({How::drop, StepKind::flush, "core/other.cc:1", 0}), (Names{"a", "b", "c"}));
  EXPECT_EQ(run({How::drop, StepKind::flush, "", 0}), Names{});
}

}  // namespace
}  // namespace daxlab
