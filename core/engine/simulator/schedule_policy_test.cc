// Which schedules the policies choose.
#include "core/engine/simulator/schedule_policy.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/engine/simulator/lost_update_test.h"

namespace daxlab {
namespace {

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

}  // namespace
}  // namespace daxlab
