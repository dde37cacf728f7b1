// The threads of a workload: they begin together, end their ramp together, and the first failure
// stops them all.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>

#include "core/base/clock.h"
#include "harness/workloads/run_clock.h"
#include "harness/workloads/workload.h"

namespace daxlab {

class RampEnd;  // of workers.cc

// What one thread knows and finds; its own while it runs.
struct Worker {
  uint64_t index = 0;
  const std::atomic<bool>* stop = nullptr;
  LatencyHistogram latency = {};
  uint64_t operations = 0;
  uint64_t operation_ns = 0;  // in operations; what lies between them is not counted
  uint64_t bytes_processed = 0;
  RunClock clock = {};
  const std::function<uint64_t()>* clock_ns = nullptr;  // nullptr: now_ns()
  RampEnd* ramp_end = nullptr;
  Trace* trace = nullptr;

  // Another worker has failed: what is done from now on is of no use.
  bool stopped() const { return stop->load(std::memory_order_relaxed); }
  // Asked before each operation of a loop that can be timed: whether it is to be done. `more`: the
  // workload's own amount of work is not done yet; without a meaning when a runtime is given. At
  // the end of the ramp it waits for the other workers and forgets what was counted so far.
  bool goes_on(bool more) {
    if (stopped()) return false;
    return clock.keeps_time() ? goes_on_in_time() : more;
  }
  // The time it took.
  template <class Operation>
  uint64_t time(const Operation& operation) {
    const uint64_t begin_ns = now_ns();
    operation();
    const uint64_t took_ns = now_ns() - begin_ns;
    latency.add(took_ns);
    operation_ns += took_ns;
    ++operations;
    if (trace != nullptr) [[unlikely]]
      add_to_trace(begin_ns, took_ns, 1);
    return took_ns;
  }
  // So many operations that nothing lies between; none of them gets a latency.
  template <class Loop>
  void time_together(uint64_t count, const Loop& loop) {
    const uint64_t begin_ns = now_ns();
    loop();
    const uint64_t took_ns = now_ns() - begin_ns;
    operation_ns += took_ns;
    operations += count;
    if (trace != nullptr) [[unlikely]]
      add_to_trace(begin_ns, took_ns, count);
  }

 private:
  bool goes_on_in_time();
  void add_to_trace(uint64_t begin_ns, uint64_t took_ns, uint64_t count) noexcept;
};

using WorkerBody = std::function<std::optional<Failure>(Worker&)>;

// Runs `body` in `threads` threads (one: in the calling thread) and waits for all of them. Each is
// pinned to its CPU of run.cpus, for as long as the call lasts; what could not be pinned is a
// failure. The first failure in time is returned. Its workers keep no time.
std::optional<Failure> run_workers(const WorkloadRun& run, uint64_t threads,
                                   const WorkerBody& body);
// The same between start_timing and stop_timing, with the workers' figures added to `run`. With a
// runtime, start_timing comes when all workers have ended their ramp.
std::optional<Failure> run_timed_workers(WorkloadRun& run, uint64_t threads,
                                         const WorkerBody& body);

// The index-th of `parts` nearly equal parts of 0 .. total-1.
struct Share {
  uint64_t begin;
  uint64_t end;
  constexpr uint64_t size() const { return end - begin; }
};
constexpr Share share_of(uint64_t total, uint64_t index, uint64_t parts) {
  const uint64_t each = total / parts, more = total % parts;
  const uint64_t begin = index * each + (index < more ? index : more);
  return {begin, begin + each + (index < more ? 1 : 0)};
}

}  // namespace daxlab
