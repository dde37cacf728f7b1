// What the definitions of pthread_locks.cc, pthread_conditions.cc and pthread_clocks.cc share.
// Where a thread sanitizer stands in already, nothing is defined there: plugins that block with
// these are not for such a build's simulator.
#pragma once

#include <pthread.h>
#include <time.h>

#include <cerrno>
#include <cstdint>

#include "core/engine/simulator/pthread_objects.h"
#include "core/sync/schedule.h"

#if defined(__SANITIZE_THREAD__)
#define DAXLAB_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define DAXLAB_TSAN 1
#endif
#endif

namespace daxlab {

inline bool is_simulated() { return schedule_of_thread() != nullptr; }
inline PthreadObjects& objects() { return PthreadObjects::of_thread(); }

inline constexpr int64_t ns_per_second = 1'000'000'000;
inline int64_t ns_of(const timespec& time) {
  return int64_t{time.tv_sec} * ns_per_second + time.tv_nsec;
}
inline bool is_time(const timespec* time) {
  return time->tv_nsec >= 0 && time->tv_nsec < ns_per_second;
}

// Whoever has waited long enough finds that it is late.
inline int timed(int code, clockid_t clock, const timespec* deadline) {
  if (code == ETIMEDOUT) objects().sleep_until(clock, ns_of(*deadline));
  return code;
}

// A call on a mutex, made at that return address.
LockCall call_on(pthread_mutex_t* mutex, const void* from);

// The linker takes a file of a library for something in it that is asked for; plugins ask later.
void keep_pthread_locks();
void keep_pthread_conditions();
void keep_pthread_clocks();

}  // namespace daxlab

// In a definition: what it was called by.
#define DAXLAB_CALLER __builtin_return_address(0)
