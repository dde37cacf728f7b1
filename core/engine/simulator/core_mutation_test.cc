#include "core/engine/simulator/core_mutation.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/base/counters.h"
#include "core/engine/simulator/lost_update_test.h"
#include "core/region/persist.h"
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

// Somebody else comes in between, who then holds the lock that is given back once more.
TEST(CoreMutation, OthersComeBetweenTheTimesOfAStepThatIsDoneTwice) {
  bool between = false;
  for (uint64_t seed = 0; seed < 20 && !between; ++seed) {
    std::string done;
    const auto act = [&done](const char* name, SourceLocation where) {
      in_schedule(StepKind::zero, name, where, [&done, name] { done += name; });
    };
    const SourceLocation doubled = SourceLocation::current();
    const SimulatedThread first{[&] { act("a", doubled); }, 0};
    const SimulatedThread second{
        [&] { in_schedule(StepKind::zero, &done, {}, [&] { done += "b"; }); }, 0};
    const CoreMutation twice{
        .how = CoreMutation::How::twice, .kind = StepKind::zero, .place = place_of(doubled)};
    FiberScheduler scheduler;
    const auto policy = random_policy(seed);
    EXPECT_EQ(scheduler.run(std::vector{first, second}, *policy, &twice).steps, 3);
    EXPECT_EQ(done.size(), 3);
    between = done == "aba";
  }
  EXPECT_TRUE(between);
}

TEST(CoreMutation, AnUnlockThatIsDoneTwiceIsAStrayOne) {
  const MutatedRun twice = run_mutated(
      {.how = CoreMutation::How::twice, .kind = StepKind::unlock, .place = {}, .nth = 1}, 1);
  EXPECT_EQ(twice.run.end, RunEnd::stray_unlock);
  EXPECT_TRUE(twice.run.text.starts_with("thread ")) << twice.run.text;
  EXPECT_NE(twice.run.text.find(" gives back what it does not hold\n"), std::string::npos)
      << twice.run.text;
}

TEST(CoreMutation, ACopyThatIsPutOffCopiesWhatStoodThere) {
  Counters counters;
  Persist persist(counters);
  uint64_t first = 0, second = 0;
  const SimulatedThread thread{[&] {
                                 uint64_t gone = 1;
                                 persist.copy(&first, &gone, sizeof gone);
                                 EXPECT_EQ(first, 0);
                                 gone = 2;
                                 persist.copy(&second, &gone, sizeof gone);
                               },
                               0};
  const CoreMutation swap{
      .how = CoreMutation::How::swap, .kind = StepKind::copy, .place = {}, .nth = 1};
  FiberScheduler scheduler;
  const auto policy = random_policy(1);
  EXPECT_EQ(scheduler.run(std::vector{thread}, *policy, &swap).end, RunEnd::completed);
  EXPECT_EQ(first, 1);
  EXPECT_EQ(second, 2);
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
