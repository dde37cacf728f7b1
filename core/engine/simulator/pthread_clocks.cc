// Sleeping, yielding and looking at the clock, as pthread_locks.cc.
#include <sched.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>

#include "core/engine/simulator/pthread_real.h"
#include "core/engine/simulator/pthread_simulated.h"

#if !defined(DAXLAB_TSAN)

namespace daxlab {

void keep_pthread_clocks() {}

namespace {

// One turn for the others, however long it is.
void sleep_simulated(clockid_t clock, int64_t until_ns, const void* from) {
  tell_schedule(StepKind::relax, nullptr, objects().place_of(from));
  objects().sleep_until(clock, until_ns);
}

}  // namespace
}  // namespace daxlab

using namespace daxlab;

extern "C" {

int sched_yield() noexcept {
  if (!is_simulated()) [[likely]]
    return real_call(::sched_yield, RealCall::sched_yield)();
  tell_schedule(StepKind::relax, nullptr, objects().place_of(DAXLAB_CALLER));
  return 0;
}
int nanosleep(const timespec* time, timespec* left) {
  if (!is_simulated()) [[likely]]
    return real_call(::nanosleep, RealCall::nanosleep)(time, left);
  if (!is_time(time) || time->tv_sec < 0) return errno = EINVAL, -1;
  sleep_simulated(CLOCK_MONOTONIC, objects().now_ns(CLOCK_MONOTONIC) + ns_of(*time), DAXLAB_CALLER);
  return 0;
}
int clock_nanosleep(clockid_t clock, int flags, const timespec* time, timespec* left) {
  if (!is_simulated()) [[likely]]
    return real_call(::clock_nanosleep, RealCall::clock_nanosleep)(clock, flags, time, left);
  if (!is_time(time)) return EINVAL;
  const int64_t from_ns = (flags & TIMER_ABSTIME) != 0 ? 0 : objects().now_ns(clock);
  sleep_simulated(clock, from_ns + ns_of(*time), DAXLAB_CALLER);
  return 0;
}
int usleep(useconds_t time_us) {
  if (!is_simulated()) [[likely]]
    return real_call(::usleep, RealCall::usleep)(time_us);
  sleep_simulated(CLOCK_MONOTONIC, objects().now_ns(CLOCK_MONOTONIC) + int64_t{time_us} * 1000,
                  DAXLAB_CALLER);
  return 0;
}
// Of simulated time, or a timed wait that is over would find that it is not late yet.
int clock_gettime(clockid_t clock, timespec* time) noexcept {
  const bool is_cpu_time = clock == CLOCK_PROCESS_CPUTIME_ID || clock == CLOCK_THREAD_CPUTIME_ID;
  if (!is_simulated() || is_cpu_time) [[likely]]
    return real_call(::clock_gettime, RealCall::clock_gettime)(clock, time);
  const int64_t now_ns = objects().now_ns(clock);
  if (now_ns < 0) return real_call(::clock_gettime, RealCall::clock_gettime)(clock, time);
  *time = {.tv_sec = now_ns / ns_per_second, .tv_nsec = now_ns % ns_per_second};
  return 0;
}

}  // extern "C"

#endif
