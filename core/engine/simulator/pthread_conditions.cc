// Condition variables of the C library, as pthread_locks.cc.
#include <pthread.h>

#include <cerrno>

#include "core/engine/simulator/pthread_real.h"
#include "core/engine/simulator/pthread_simulated.h"

#if !defined(DAXLAB_TSAN)

namespace daxlab {

void keep_pthread_conditions() {}

namespace {

// std::condition_variable waits inside the C++ library: whose call it is cannot be told, but it
// always means to give way.
LockCall call_of_wait(pthread_mutex_t* mutex, const void* from) {
  LockCall call = call_on(mutex, from);
  call.takes_steps = true;
  return call;
}

int timed_wait(pthread_cond_t* condition, pthread_mutex_t* mutex, clockid_t clock,
               const timespec* deadline, const void* from) {
  if (!is_time(deadline)) return EINVAL;
  return timed(objects().wait(condition, call_of_wait(mutex, from), true), clock, deadline);
}

clockid_t clock_of(const pthread_cond_t* condition) {
  constexpr unsigned monotonic = 2;
  return (condition->__data.__wrefs & monotonic) != 0 ? CLOCK_MONOTONIC : CLOCK_REALTIME;
}

}  // namespace
}  // namespace daxlab

using namespace daxlab;

extern "C" {

int pthread_cond_wait(pthread_cond_t* condition, pthread_mutex_t* mutex) {
  if (!is_simulated()) [[likely]]
    return real_call(pthread_cond_wait, RealCall::cond_wait)(condition, mutex);
  return objects().wait(condition, call_of_wait(mutex, DAXLAB_CALLER), false);
}
int pthread_cond_timedwait(pthread_cond_t* condition, pthread_mutex_t* mutex,
                           const timespec* deadline) {
  if (!is_simulated()) [[likely]]
    return real_call(pthread_cond_timedwait, RealCall::cond_timedwait)(condition, mutex, deadline);
  return timed_wait(condition, mutex, clock_of(condition), deadline, DAXLAB_CALLER);
}
int pthread_cond_clockwait(pthread_cond_t* condition, pthread_mutex_t* mutex, clockid_t clock,
                           const timespec* deadline) {
  if (!is_simulated()) [[likely]]
    return real_call(pthread_cond_clockwait, RealCall::cond_clockwait)(condition, mutex, clock,
                                                                       deadline);
  return timed_wait(condition, mutex, clock, deadline, DAXLAB_CALLER);
}
// Real threads may wait there as well.
int pthread_cond_signal(pthread_cond_t* condition) noexcept {
  if (is_simulated()) [[unlikely]]
    objects().signal(condition, false, objects().place_of(DAXLAB_CALLER));
  return real_call(pthread_cond_signal, RealCall::cond_signal)(condition);
}
int pthread_cond_broadcast(pthread_cond_t* condition) noexcept {
  if (is_simulated()) [[unlikely]]
    objects().signal(condition, true, objects().place_of(DAXLAB_CALLER));
  return real_call(pthread_cond_broadcast, RealCall::cond_broadcast)(condition);
}

}  // extern "C"

#endif
