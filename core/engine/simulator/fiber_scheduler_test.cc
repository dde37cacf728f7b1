// Simulated threads: who runs when, what a deadlock says, and that runs can be had again.
#include "core/engine/simulator/fiber_scheduler.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <vector>

#include "core/base/counters.h"
#include "core/engine/simulator/lost_update_test.h"
#include "core/sync/locked.h"
#include "core/sync/sync.h"

namespace daxlab {
namespace {

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

}  // namespace
}  // namespace daxlab
