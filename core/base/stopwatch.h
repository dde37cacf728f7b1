// Adds the nanoseconds of a scope to a counter, if times are kept.
#pragma once

#include <time.h>

#include <cstdint>

#include "core/base/counters.h"

namespace daxlab {

// Signal-safe; 22 ns on a machine whose clock is read without a system call.
inline uint64_t now_ns() noexcept {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1'000'000'000u + static_cast<uint64_t>(now.tv_nsec);
}

class Stopwatch {
 public:
  Stopwatch(Counters& counters, Counter counter) noexcept
      : counters_(counters), counter_(counter), start_ns_(counters.keeps_times() ? now_ns() : 0) {}
  ~Stopwatch() {
    if (start_ns_ != 0) counters_.add(counter_, now_ns() - start_ns_);
  }
  Stopwatch(const Stopwatch&) = delete;
  Stopwatch& operator=(const Stopwatch&) = delete;

 private:
  Counters& counters_;
  Counter counter_;
  uint64_t start_ns_;  // 0: not kept
};

}  // namespace daxlab
