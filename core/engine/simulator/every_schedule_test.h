// Runs a program of simulated threads under every schedule with few preemptions.
#pragma once

#include <gtest/gtest.h>

#include <vector>

#include "core/engine/simulator/fiber_scheduler.h"
#include "core/engine/simulator/lost_update_test.h"

namespace daxlab {

// `program` gets a function that runs threads. The number of schedules.
template <class Program>
uint64_t for_each_schedule(uint32_t preemptions, Program program) {
  ExhaustivePolicy policy(preemptions);
  uint64_t runs = 0;
  do {
    FiberScheduler scheduler({.steps = 10'000});
    program([&](const std::vector<SimulatedThread>& threads) {
      return scheduler.run(threads, policy);
    });
    ++runs;
  } while (policy.next() && !testing::Test::HasFailure());
  return runs;
}

}  // namespace daxlab
