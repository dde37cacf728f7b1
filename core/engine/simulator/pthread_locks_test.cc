// The C library's locks in simulated threads: here the program itself is the code that is not ours.
// Plugins: harness/end_to_end/plugin_locks_test.cc.
#include <gtest/gtest.h>
#include <pthread.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <thread>
#include <vector>

#include "core/engine/simulator/every_schedule_test.h"
#include "core/engine/simulator/fiber_scheduler.h"
#include "core/engine/simulator/pthread_real.h"

namespace daxlab {
namespace {

using namespace std::chrono_literals;

#if !defined(__SANITIZE_THREAD__)

// No call is the first one that asks the loader: it may come from a signal handler.
TEST(PthreadLocks, TheRealCallsAreFoundBeforeAnybodyCalls) {
  for (const auto& call : real_calls) EXPECT_NE(call.load(), nullptr) << &call - real_calls;
}

template <class Lock, class Unlock>
void expect_one_inside(Lock lock, Unlock unlock) {
  const uint64_t runs = for_each_schedule(2, [&](auto run) {
    bool inside = false;
    int entered = 0;
    const SimulatedThread thread{[&] {
                                   lock();
                                   EXPECT_FALSE(inside);
                                   inside = true;
                                   step();
                                   inside = false;
                                   ++entered;
                                   unlock();
                                 },
                                 0};
    const ScheduledRun ran = run({thread, thread, thread});
    EXPECT_EQ(ran.end, RunEnd::completed) << ran.text;
    EXPECT_EQ(entered, 3);
  });
  EXPECT_GT(runs, 50u);
}

TEST(PthreadLocks, LocksKeepSimulatedThreadsApartUnderEverySchedule) {
  std::mutex mutex;
  expect_one_inside([&] { mutex.lock(); }, [&] { mutex.unlock(); });
  std::timed_mutex timed;
  expect_one_inside(
      [&] {
        while (!timed.try_lock_for(1s)) {
        }
      },
      [&] { timed.unlock(); });
  std::shared_mutex shared;
  expect_one_inside([&] { shared.lock(); }, [&] { shared.unlock(); });
  pthread_spinlock_t spin;
  ASSERT_EQ(pthread_spin_init(&spin, PTHREAD_PROCESS_PRIVATE), 0);
  expect_one_inside([&] { pthread_spin_lock(&spin); }, [&] { pthread_spin_unlock(&spin); });
  expect_one_inside(
      [&] {
        while (!mutex.try_lock()) std::this_thread::yield();
      },
      [&] { mutex.unlock(); });
}

TEST(PthreadLocks, ARecursiveMutexIsOfOneSimulatedThread) {
  std::recursive_mutex mutex;
  expect_one_inside(
      [&] {
        mutex.lock();
        EXPECT_TRUE(mutex.try_lock());
      },
      [&] {
        mutex.unlock();
        mutex.unlock();
      });
}

TEST(PthreadLocks, ReadersMeetAndWritersAreAlone) {
  bool readers_met = false;
  for_each_schedule(2, [&](auto run) {
    std::shared_mutex lock;
    int readers = 0, writers = 0;
    const SimulatedThread reader{[&] {
                                   const std::shared_lock guard(lock);
                                   ++readers;
                                   EXPECT_EQ(writers, 0);
                                   step();
                                   readers_met = readers_met || readers == 2;
                                   --readers;
                                 },
                                 0};
    const SimulatedThread writer{[&] {
                                   const std::unique_lock guard(lock);
                                   EXPECT_EQ(readers + writers++, 0);
                                   step();
                                   --writers;
                                 },
                                 0};
    const ScheduledRun ran = run({reader, writer, reader});
    EXPECT_EQ(ran.end, RunEnd::completed) << ran.text;
  });
  EXPECT_TRUE(readers_met);
}

TEST(PthreadLocks, AnInversionOfTwoMutexesIsToldWithWhoHoldsWhat) {
  std::string text;
  std::mutex one, other;  // as a plugin's own: they live on after the run
  for_each_schedule(1, [&](auto run) {
    const auto thread = [](std::mutex& first, std::mutex& second) {
      return SimulatedThread{[&first, &second] {
                               const std::lock_guard outer(first);
                               const std::lock_guard inner(second);
                             },
                             0};
    };
    const ScheduledRun ran = run({thread(one, other), thread(other, one)});
    if (ran.end == RunEnd::deadlock) text = ran.text;
    // What the run left locked is free for the real thread, and for the next run.
    ASSERT_TRUE(one.try_lock());
    ASSERT_TRUE(other.try_lock());
    one.unlock();
    other.unlock();
  });
  EXPECT_TRUE(text.starts_with("nobody can go on\n  thread 0 waits at ")) << text;
  EXPECT_NE(text.find("simulator_test+0x"), std::string::npos) << text;
  EXPECT_NE(text.find(", which thread 1 holds since "), std::string::npos) << text;
  EXPECT_NE(text.find(", which thread 0 holds since "), std::string::npos) << text;
}

TEST(PthreadLocks, WhatARunForgetsToUnlockIsToldAndGivenBack) {
  std::mutex mutex;
  std::recursive_mutex recursive;
  std::shared_mutex shared;
  FiberScheduler scheduler;
  const auto policy = random_policy(1);
  for (int i = 0; i < 2; ++i) {
    const SimulatedThread forgets{[&] {
                                    mutex.lock();
                                    recursive.lock();
                                    recursive.lock();
                                    shared.lock_shared();
                                  },
                                  0};
    EXPECT_EQ(scheduler.run(std::vector{forgets}, *policy).end, RunEnd::kept_lock);
    std::thread([&] { const std::scoped_lock all(mutex, recursive, shared); }).join();
  }
}

TEST(PthreadLocks, WhatTheRealThreadHoldsIsWaitedFor) {
  FiberScheduler scheduler({.steps = 1000});
  const auto policy = random_policy(1);
  std::mutex mutex;
  std::recursive_mutex recursive;
  mutex.lock();
  recursive.lock();
  bool entered = false;
  const SimulatedThread tries{[&] {
                                EXPECT_FALSE(mutex.try_lock());
                                EXPECT_FALSE(recursive.try_lock());
                                mutex.lock();
                                entered = true;
                              },
                              0};
  EXPECT_EQ(scheduler.run(std::vector{tries}, *policy).end, RunEnd::livelock);
  EXPECT_FALSE(entered);
  // And may be given back by a simulated thread.
  const SimulatedThread gives_back{[&] {
                                     mutex.unlock();
                                     mutex.lock();
                                     entered = true;
                                     mutex.unlock();
                                     recursive.unlock();
                                   },
                                   0};
  EXPECT_EQ(scheduler.run(std::vector{gives_back}, *policy).end, RunEnd::completed);
  EXPECT_TRUE(entered);
  EXPECT_TRUE(mutex.try_lock());
  mutex.unlock();
}

TEST(PthreadLocks, ARealThreadIsKeptOutMeanwhile) {
  FiberScheduler scheduler({.steps = 1'000'000'000});
  const auto policy = random_policy(1);
  std::mutex mutex;
  std::atomic<bool> stop{false}, began{false};
  int64_t inside = 0;  // by whoever holds the mutex
  std::thread real([&] {
    while (!stop) {
      const std::lock_guard guard(mutex);
      EXPECT_EQ(inside, 0);
      began = true;
    }
  });
  while (!began) std::this_thread::yield();
  const SimulatedThread thread{[&] {
                                 for (int i = 0; i < 1000; ++i) {
                                   const std::lock_guard guard(mutex);
                                   ++inside;
                                   step();
                                   --inside;
                                 }
                               },
                               0};
  EXPECT_EQ(scheduler.run(std::vector{thread, thread}, *policy).end, RunEnd::completed);
  stop = true;
  real.join();
}

TEST(PthreadLocks, MutexesWithCheckSayWhatTheyAlwaysSay) {
  pthread_mutexattr_t kind;
  ASSERT_EQ(pthread_mutexattr_init(&kind), 0);
  ASSERT_EQ(pthread_mutexattr_settype(&kind, PTHREAD_MUTEX_ERRORCHECK), 0);
  pthread_mutex_t mutex;
  ASSERT_EQ(pthread_mutex_init(&mutex, &kind), 0);
  std::vector<int> codes;
  const SimulatedThread locks{[&] {
                                codes = {pthread_mutex_unlock(&mutex), pthread_mutex_lock(&mutex),
                                         pthread_mutex_lock(&mutex), pthread_mutex_trylock(&mutex),
                                         pthread_mutex_unlock(&mutex)};
                              },
                              0};
  FiberScheduler scheduler;
  const auto policy = random_policy(1);
  EXPECT_EQ(scheduler.run(std::vector{locks}, *policy).end, RunEnd::completed);
  EXPECT_EQ(codes, (std::vector<int>{EPERM, 0, EDEADLK, EBUSY, 0}));
  EXPECT_EQ(pthread_mutex_destroy(&mutex), 0);
}

#endif

}  // namespace
}  // namespace daxlab
