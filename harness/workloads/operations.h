// Loops whose amount of work is a number of operations, of all threads together.
#pragma once

#include <optional>

#include "daxlab/options.h"
#include "harness/workloads/workers.h"

namespace daxlab {

constexpr Option operations_option(uint64_t by_default) {
  return integer_option("operations", OptionUnit::none, by_default, 1, uint64_t{1} << 40,
                        "of all threads together; without a meaning when there is a runtime");
}

// operation(step) for each step of the worker's share, or until its time is over; its first failure
// ends it.
template <class Operation>
std::optional<Failure> repeat(Worker& worker, uint64_t operations, uint64_t threads,
                              const Operation& operation) {
  const uint64_t steps = share_of(operations, worker.index, threads).size();
  std::optional<Failure> failure;
  for (uint64_t step = 0; !failure && worker.goes_on(step < steps); ++step)
    failure = operation(step);
  return failure;
}

}  // namespace daxlab
