// The threads of a workload: they begin together, the first failure stops them all.
#pragma once

#include <atomic>
#include <cstdint>
#include <ctime>
#include <functional>
#include <optional>

#include "harness/workloads/workload.h"

namespace daxlab {

inline uint64_t now_ns() {
  timespec now;
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1000000000 + static_cast<uint64_t>(now.tv_nsec);
}

// What one thread knows and finds; its own while it runs.
struct Worker {
  uint64_t index = 0;
  const std::atomic<bool>* stop = nullptr;
  LatencyHistogram latency;
  uint64_t operations = 0;
  uint64_t bytes_processed = 0;

  // Another worker has failed: what is done from now on is of no use.
  bool stopped() const { return stop->load(std::memory_order_relaxed); }
  template <class Operation>
  void time(const Operation& operation) {
    const uint64_t begin_ns = now_ns();
    operation();
    latency.add(now_ns() - begin_ns);
    ++operations;
  }
};

using WorkerBody = std::function<std::optional<Failure>(Worker&)>;

// Runs `body` in `threads` threads (one: in the calling thread) and waits for all of them. The
// first failure in time is returned.
std::optional<Failure> run_workers(uint64_t threads, const WorkerBody& body);
// The same between start_timing and stop_timing, with the workers' figures added to `run`.
std::optional<Failure> run_timed_workers(WorkloadRun& run, uint64_t threads,
                                         const WorkerBody& body);

// The index-th of `parts` nearly equal parts of 0 .. total-1.
struct Share {
  uint64_t begin;
  uint64_t end;
};
constexpr Share share_of(uint64_t total, uint64_t index, uint64_t parts) {
  const uint64_t each = total / parts, more = total % parts;
  const uint64_t begin = index * each + (index < more ? index : more);
  return {begin, begin + each + (index < more ? 1 : 0)};
}

}  // namespace daxlab
