// Simulated threads: who runs when, what a deadlock says, and that runs can be had again.
#include "core/engine/simulator/fiber_scheduler.h"

#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <string>
#include <vector>

#include "core/base/counters.h"
#include "core/sync/locked.h"
#include "core/sync/sync.h"

namespace daxlab {
namespace {

void step() {
  in_schedule(StepKind::store, nullptr, SourceLocation::current(), [] {});
}

// Each thread loads, gives way, and stores one more.
struct LostUpdate {
  int value = 0;
  SimulatedThread thread(int times) {
    return {[this, times] {
              for (int i = 0; i < times; ++i) {
                step();
                const int seen = value;
                step();
                value = seen + 1;
              }
            },
            0};
  }
};

TEST(FiberScheduler, RunsEveryThreadToItsEndAndGivesEachItsNumber) {
  FiberScheduler scheduler;
  std::vector<uint32_t> shards(3), processes(3);
  std::vector<SimulatedThread> threads;
  for (uint32_t i = 0; i < 3; ++i) {
    threads.push_back({[&, i] {
                         step();
                         shards[i] = thread_shard();
                         processes[i] = schedule_of_thread()->process();
                       },
                       i % 2});
  }
  const uint32_t own = thread_shard();
  const auto policy = random_policy(1);
  const ScheduledRun run = scheduler.run(threads, *policy);
  EXPECT_EQ(run.end, RunEnd::completed);
  EXPECT_EQ(run.steps, 3u);
  EXPECT_EQ(shards, (std::vector<uint32_t>{0, 1, 2}));
  EXPECT_EQ(processes, (std::vector<uint32_t>{0, 1, 0}));
  EXPECT_EQ(thread_shard(), own);
  EXPECT_EQ(schedule_of_thread(), nullptr);
}

TEST(FiberScheduler, OneSeedGivesOneTrace) {
  const auto trace_of = [](uint64_t seed) {
    FiberScheduler scheduler({.keep_trace = true});
    LostUpdate shared;
    Mutex mutex;
    const std::vector<SimulatedThread> threads = {
        shared.thread(3), shared.thread(3), {[&] { const Locked guard(mutex); }, 0}};
    const auto policy = random_policy(seed);
    return to_text(scheduler.run(threads, *policy).trace);
  };
  EXPECT_EQ(trace_of(7), trace_of(7));
  EXPECT_NE(trace_of(7), trace_of(8));
  EXPECT_NE(
      trace_of(7).find("thread 2 lock object 1 core/engine/simulator/fiber_scheduler_test.cc:"),
      std::string::npos)
      << trace_of(7);
}

TEST(FiberScheduler, ChoicesReplayARun) {
  LostUpdate first, again;
  FiberScheduler scheduler({.keep_trace = true});
  const auto random = random_policy(3);
  const ScheduledRun run = scheduler.run(std::vector{first.thread(5), first.thread(5)}, *random);
  const auto script = scripted_policy(run.choices);
  const ScheduledRun replayed =
      scheduler.run(std::vector{again.thread(5), again.thread(5)}, *script);
  EXPECT_EQ(to_text(run.trace), to_text(replayed.trace));
  EXPECT_EQ(first.value, again.value);
}

// Two threads of two steps each, without a bound: C(4, 2) ways to merge them, and what is between
// the last step and the end is no step.
TEST(Exhaustive, EveryScheduleComesOnce) {
  for (const auto& [preemptions, expected] :
       std::vector<std::pair<uint32_t, size_t>>{{0, 2}, {1, 6}, {9, 20}}) {
    ExhaustivePolicy policy(preemptions);
    FiberScheduler scheduler;
    std::set<std::string> orders;
    uint64_t runs = 0;
    do {
      std::string order;
      const auto thread = [&order](char name) {
        return SimulatedThread{[&order, name] {
                                 for (int i = 0; i < 2; ++i) {
                                   order += name;
                                   step();
                                 }
                                 order += name;
                               },
                               0};
      };
      scheduler.run(std::vector{thread('a'), thread('b')}, policy);
      orders.insert(order);
      ++runs;
    } while (policy.next());
    EXPECT_EQ(orders.size(), runs);
    EXPECT_EQ(runs, expected) << preemptions;  // of 20 = C(6, 3) merges
  }
}

TEST(Exhaustive, AnUpdateIsLostWithOnePreemptionAndNotWithNone) {
  const auto fewest = [](uint32_t preemptions) {
    ExhaustivePolicy policy(preemptions);
    FiberScheduler scheduler;
    int least = 4;
    do {
      LostUpdate shared;
      scheduler.run(std::vector{shared.thread(2), shared.thread(2)}, policy);
      least = std::min(least, shared.value);
    } while (policy.next());
    return least;
  };
  EXPECT_EQ(fewest(0), 4);
  EXPECT_EQ(fewest(1), 2);
}

TEST(Pct, FindsABugOfItsDepth) {
  uint64_t found = 0;
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    LostUpdate shared;
    FiberScheduler scheduler;
    const auto policy = pct_policy(seed, 2, 16);
    scheduler.run(std::vector{shared.thread(4), shared.thread(4)}, *policy);
    if (shared.value < 8) ++found;
  }
  EXPECT_GT(found, 25u);  // at least one in n * k^(d - 1) = 2 * 16
}

TEST(Mutex, KeepsThreadsApartUnderEverySchedule) {
  ExhaustivePolicy policy(3);
  FiberScheduler scheduler;
  uint64_t runs = 0;
  do {
    Mutex mutex;
    bool inside = false;
    int entered = 0;
    const SimulatedThread thread{[&] {
                                   const Locked guard(mutex);
                                   EXPECT_FALSE(inside);
                                   inside = true;
                                   step();
                                   inside = false;
                                   ++entered;
                                 },
                                 0};
    const ScheduledRun run = scheduler.run(std::vector{thread, thread, thread}, policy);
    ASSERT_EQ(run.end, RunEnd::completed) << run.text;
    ASSERT_EQ(entered, 3);
    ++runs;
  } while (policy.next());
  EXPECT_GT(runs, 100u);
}

TEST(RwLock, KeepsWritersAloneUnderEverySchedule) {
  ExhaustivePolicy policy(2);
  FiberScheduler scheduler;
  bool readers_met = false;
  do {
    RwLock lock;
    int readers = 0, writers = 0;
    const SimulatedThread reader{[&] {
                                   const LockedShared guard(lock);
                                   ++readers;
                                   EXPECT_EQ(writers, 0);
                                   step();
                                   readers_met = readers_met || readers == 2;
                                   --readers;
                                 },
                                 0};
    const SimulatedThread writer{[&] {
                                   const Locked guard(lock);
                                   EXPECT_EQ(readers + writers++, 0);
                                   step();
                                   --writers;
                                 },
                                 0};
    const ScheduledRun run = scheduler.run(std::vector{reader, writer, reader, writer}, policy);
    ASSERT_EQ(run.end, RunEnd::completed) << run.text;
  } while (policy.next());
  EXPECT_TRUE(readers_met);
}

TEST(FiberScheduler, ADeadlockSaysWhoHoldsWhat) {
  ExhaustivePolicy policy(1);
  FiberScheduler scheduler;
  std::string text;
  do {
    auto* one = new Mutex;  // given up with the threads that hold them
    auto* other = new Mutex;
    const auto thread = [](Mutex* first, Mutex* second) {
      return SimulatedThread{[first, second] {
                               const Locked outer(*first);
                               const Locked inner(*second);
                             },
                             0};
    };
    const ScheduledRun run =
        scheduler.run(std::vector{thread(one, other), thread(other, one)}, policy);
    if (run.end == RunEnd::deadlock) text = run.text;
    delete one;
    delete other;
  } while (policy.next());
  EXPECT_TRUE(text.starts_with("nobody can go on\n  thread 0 waits at core/")) << text;
  EXPECT_NE(text.find(", which thread 1 holds since core/"), std::string::npos) << text;
  EXPECT_NE(text.find(", which thread 0 holds since core/"), std::string::npos) << text;
}

TEST(FiberScheduler, ALivelockEndsWithItsBudget) {
  FiberScheduler scheduler({.steps = 1000});
  std::atomic<bool> never{false};
  const SimulatedThread spins{[&] {
                                while (!never) {
                                  in_schedule(StepKind::relax, &never, SourceLocation::current(),
                                              [] {});
                                }
                              },
                              0};
  const auto policy = random_policy(1);
  const ScheduledRun run = scheduler.run(std::vector{spins, spins}, *policy);
  EXPECT_EQ(run.end, RunEnd::livelock);
  EXPECT_TRUE(
      run.text.starts_with("nobody has come to an end after 1000 steps\n  thread 0 goes on "))
      << run.text;
  // The scheduler goes on with others.
  const ScheduledRun next = scheduler.run(std::vector{SimulatedThread{[] { step(); }, 0}}, *policy);
  EXPECT_EQ(next.end, RunEnd::completed);
}

TEST(FiberScheduler, WhoSpinsForAnotherThreadGivesWay) {
  for (const bool exhaustive : {false, true}) {
    FiberScheduler scheduler({.steps = 1000});
    bool done = false;
    const SimulatedThread waits{[&] {
                                  while (!done) {
                                    in_schedule(StepKind::relax, &done, SourceLocation::current(),
                                                [] {});
                                  }
                                },
                                0};
    const SimulatedThread works{[&] {
                                  step();
                                  done = true;
                                },
                                0};
    ExhaustivePolicy all(1);
    const auto pct = pct_policy(1, 1, 10);
    SchedulePolicy& policy = exhaustive ? static_cast<SchedulePolicy&>(all) : *pct;
    EXPECT_EQ(scheduler.run(std::vector{waits, works}, policy).end, RunEnd::completed);
  }
}

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
  EXPECT_EQ(step_place(here), step_place(there));
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
  EXPECT_EQ(run({How::drop, StepKind::flush, step_place(here), 2}), (Names{"a", "c"}));
  EXPECT_EQ(run({How::twice, StepKind::flush, step_place(here), 1}), (Names{"a", "a", "b", "c"}));
  EXPECT_EQ(run({How::swap, StepKind::flush, step_place(here), 2}), (Names{"a", "c", "b"}));
  EXPECT_EQ(run({How::swap, StepKind::flush, step_place(here), 3}), (Names{"a", "b", "c"}));
  EXPECT_EQ(run({How::drop, StepKind::flush, "core/other.cc:1", 0}), (Names{"a", "b", "c"}));
  EXPECT_EQ(run({How::drop, StepKind::flush, "", 0}), Names{});
}

}  // namespace
}  // namespace daxlab
