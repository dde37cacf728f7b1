// Condition variables, timed waits and clocks of the C library in simulated threads.
#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <string>
#include <thread>
#include <vector>

#include "core/engine/simulator/every_schedule_test.h"
#include "core/engine/simulator/fiber_scheduler.h"

namespace daxlab {
namespace {

using namespace std::chrono_literals;

#if !defined(__SANITIZE_THREAD__)

TEST(PthreadConditions, AConditionVariableHandsOver) {
  const uint64_t runs = for_each_schedule(1, [&](auto run) {
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<int> queue, taken;
    const SimulatedThread takes{[&] {
                                  for (int i = 0; i < 2; ++i) {
                                    std::unique_lock guard(mutex);
                                    changed.wait(guard, [&] { return !queue.empty(); });
                                    taken.push_back(queue.back());
                                    queue.pop_back();
                                  }
                                },
                                0};
    const SimulatedThread gives{[&] {
                                  for (int i = 0; i < 2; ++i) {
                                    {
                                      const std::lock_guard guard(mutex);
                                      queue.push_back(i);
                                    }
                                    changed.notify_one();
                                  }
                                },
                                0};
    const ScheduledRun ran = run({takes, gives, gives, takes});
    EXPECT_EQ(ran.end, RunEnd::completed) << ran.text;
    EXPECT_EQ(taken.size(), 4u);
  });
  EXPECT_GT(runs, 100u);
}

TEST(PthreadConditions, ALostWakeUpIsADeadlock) {
  bool found = false;
  for_each_schedule(2, [&](auto run) {
    std::mutex mutex;
    std::condition_variable changed;
    bool done = false;
    const SimulatedThread waits{[&] {
                                  bool seen = false;
                                  {
                                    const std::lock_guard guard(mutex);
                                    seen = done;
                                  }
                                  std::unique_lock guard(mutex);  // wrong: it may be done by now
                                  if (!seen) changed.wait(guard);
                                },
                                0};
    const SimulatedThread does{[&] {
                                 const std::lock_guard guard(mutex);
                                 done = true;
                                 changed.notify_all();
                               },
                               0};
    const ScheduledRun ran = run({waits, does});
    if (ran.end == RunEnd::completed) return;
    found = true;
    EXPECT_EQ(ran.end, RunEnd::deadlock);
    EXPECT_NE(ran.text.find("thread 0 waits at "), std::string::npos) << ran.text;
    EXPECT_NE(ran.text.find("(wait)"), std::string::npos) << ran.text;
  });
  EXPECT_TRUE(found);
}

// Nobody comes: the wait is over at once, and the clock says so.
TEST(PthreadConditions, TimedWaitsEndWhenNobodyComes) {
  for_each_schedule(1, [&](auto run) {
    std::timed_mutex held;
    std::shared_timed_mutex shared;
    std::mutex mutex;
    std::condition_variable never;
    const SimulatedThread waits{[&] {
                                  const auto before = std::chrono::steady_clock::now();
                                  EXPECT_FALSE(held.try_lock_for(1h));
                                  EXPECT_FALSE(shared.try_lock_shared_for(1h));
                                  std::unique_lock guard(mutex);
                                  EXPECT_FALSE(never.wait_for(guard, 1h, [] { return false; }));
                                  std::this_thread::sleep_for(1h);
                                  EXPECT_GE(std::chrono::steady_clock::now(), before + 4h);
                                },
                                0};
    held.lock();  // by a real thread, before
    shared.lock();
    const ScheduledRun ran = run({waits, waits});
    held.unlock();
    shared.unlock();
    EXPECT_EQ(ran.end, RunEnd::completed) << ran.text;
  });
}

TEST(PthreadConditions, ATimedWaitThatIsSignaledIsInTime) {
  bool in_time = false;
  for_each_schedule(1, [&](auto run) {
    std::mutex mutex;
    std::condition_variable changed;
    bool done = false;
    const SimulatedThread waits{[&] {
                                  std::unique_lock guard(mutex);
                                  in_time |= changed.wait_for(guard, 1ms, [&] { return done; });
                                },
                                0};
    const SimulatedThread does{[&] {
                                 const std::lock_guard guard(mutex);
                                 done = true;
                                 changed.notify_all();
                               },
                               0};
    EXPECT_EQ(run({waits, does}).end, RunEnd::completed);
  });
  EXPECT_TRUE(in_time);
}

// So many wait, and then a thread signals one less often. Who went on; the last waits for ever.
template <class Run>
std::set<uint32_t> woken_of(uint32_t waiting, Run run) {
  std::mutex mutex;
  std::condition_variable changed;
  uint32_t came = 0;
  std::set<uint32_t> woken;
  std::vector<SimulatedThread> threads;
  for (uint32_t i = 0; i < waiting; ++i) {
    threads.push_back({[&] {
                         std::unique_lock guard(mutex);
                         const uint32_t number = came++;
                         changed.wait(guard);
                         woken.insert(number);
                       },
                       0});
  }
  threads.push_back({[&] {
                       for (bool all = false; !all; std::this_thread::yield()) {
                         const std::lock_guard guard(mutex);
                         all = came == waiting;
                       }
                       for (uint32_t i = 1; i < waiting; ++i) changed.notify_one();
                     },
                     0});
  EXPECT_EQ(run(threads).end, RunEnd::deadlock);
  return woken;
}

// Whoever came first, or another, as the schedule has it.
TEST(PthreadConditions, ASignalWakesAnyOneOfThoseWhoWait) {
  std::set<uint32_t> ever_woken;
  for_each_schedule(1, [&](auto run) {
    const auto woken = woken_of(2, run);
    EXPECT_EQ(woken.size(), 1u);
    ever_woken.insert(woken.begin(), woken.end());
  });
  EXPECT_EQ(ever_woken, (std::set<uint32_t>{0, 1}));
}

TEST(PthreadConditions, ASignalIsForOne) {
  for_each_schedule(1, [&](auto run) { EXPECT_EQ(woken_of(3, run).size(), 2u); });
}

#endif

}  // namespace
}  // namespace daxlab
