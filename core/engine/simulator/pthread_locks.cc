// Mutexes, reader-writer locks and spin locks of the C library, in a program that simulates
// threads: the program's own definitions go before the library's, for plugins and other libraries
// too. A real thread pays a load, a branch and an indirect call.
#include <pthread.h>

#include <cerrno>

#include "core/engine/simulator/call_place.h"
#include "core/engine/simulator/pthread_real.h"
#include "core/engine/simulator/pthread_simulated.h"

#if !defined(DAXLAB_TSAN)

namespace daxlab {

void keep_pthread_locks() {}

namespace {

int try_mutex(void* lock) noexcept {
  return real_call(pthread_mutex_trylock,
                   RealCall::mutex_trylock)(static_cast<pthread_mutex_t*>(lock));
}
int unlock_mutex(void* lock) noexcept {
  return real_call(pthread_mutex_unlock,
                   RealCall::mutex_unlock)(static_cast<pthread_mutex_t*>(lock));
}
int try_rwlock(void* lock) noexcept {
  return real_call(pthread_rwlock_trywrlock,
                   RealCall::rwlock_trywrlock)(static_cast<pthread_rwlock_t*>(lock));
}
int try_rwlock_shared(void* lock) noexcept {
  return real_call(pthread_rwlock_tryrdlock,
                   RealCall::rwlock_tryrdlock)(static_cast<pthread_rwlock_t*>(lock));
}
int unlock_rwlock(void* lock) noexcept {
  return real_call(pthread_rwlock_unlock,
                   RealCall::rwlock_unlock)(static_cast<pthread_rwlock_t*>(lock));
}
int try_spin(void* lock) noexcept {
  return real_call(pthread_spin_trylock,
                   RealCall::spin_trylock)(static_cast<pthread_spinlock_t*>(lock));
}
int unlock_spin(void* lock) noexcept {
  return real_call(pthread_spin_unlock,
                   RealCall::spin_unlock)(static_cast<pthread_spinlock_t*>(lock));
}
constexpr RealLock real_mutex = {try_mutex, nullptr, unlock_mutex};
constexpr RealLock real_rwlock = {try_rwlock, try_rwlock_shared, unlock_rwlock};
constexpr RealLock real_spin = {try_spin, nullptr, unlock_spin};

LockRule rule_of(const pthread_mutex_t* mutex) {
  constexpr int kinds = 3;  // further bits: robust, priority
  switch (mutex->__data.__kind & kinds) {
    case PTHREAD_MUTEX_RECURSIVE_NP:
      return LockRule::recursive;
    case PTHREAD_MUTEX_ERRORCHECK_NP:
      return LockRule::checked;
    default:
      return LockRule::plain;
  }
}

LockCall call_on(pthread_rwlock_t* lock, bool shared, const void* from) {
  return {.lock = lock,
          .real = &real_rwlock,
          .rule = LockRule::read_write,
          .shared = shared,
          .takes_steps = !is_of_linked_library(from),
          .where = objects().place_of(from)};
}
LockCall call_on(pthread_spinlock_t* lock, const void* from) {
  return {.lock = const_cast<int*>(lock),
          .real = &real_spin,
          .rule = LockRule::plain,
          .shared = false,
          .takes_steps = !is_of_linked_library(from),
          .where = objects().place_of(from)};
}

int timed_lock(const LockCall& call, clockid_t clock, const timespec* deadline) {
  if (!is_time(deadline)) return EINVAL;
  return timed(objects().lock(call, Patience::a_while), clock, deadline);
}

}  // namespace

LockCall call_on(pthread_mutex_t* mutex, const void* from) {
  return {.lock = mutex,
          .real = &real_mutex,
          .rule = rule_of(mutex),
          .shared = false,
          .takes_steps = !is_of_linked_library(from),
          .where = objects().place_of(from)};
}

}  // namespace daxlab

using namespace daxlab;

extern "C" {

int pthread_mutex_lock(pthread_mutex_t* mutex) noexcept {
  if (!is_simulated()) [[likely]]
    return real_call(pthread_mutex_lock, RealCall::mutex_lock)(mutex);
  return objects().lock(call_on(mutex, DAXLAB_CALLER), Patience::for_ever);
}
int pthread_mutex_trylock(pthread_mutex_t* mutex) noexcept {
  if (!is_simulated()) [[likely]]
    return real_call(pthread_mutex_trylock, RealCall::mutex_trylock)(mutex);
  return objects().lock(call_on(mutex, DAXLAB_CALLER), Patience::none);
}
int pthread_mutex_timedlock(pthread_mutex_t* mutex, const timespec* deadline) noexcept {
  if (!is_simulated()) [[likely]]
    return real_call(pthread_mutex_timedlock, RealCall::mutex_timedlock)(mutex, deadline);
  return timed_lock(call_on(mutex, DAXLAB_CALLER), CLOCK_REALTIME, deadline);
}
int pthread_mutex_clocklock(pthread_mutex_t* mutex, clockid_t clock,
                            const timespec* deadline) noexcept {
  if (!is_simulated()) [[likely]]
    return real_call(pthread_mutex_clocklock, RealCall::mutex_clocklock)(mutex, clock, deadline);
  return timed_lock(call_on(mutex, DAXLAB_CALLER), clock, deadline);
}
int pthread_mutex_unlock(pthread_mutex_t* mutex) noexcept {
  if (!is_simulated()) [[likely]]
    return real_call(pthread_mutex_unlock, RealCall::mutex_unlock)(mutex);
  return objects().unlock(call_on(mutex, DAXLAB_CALLER));
}

int pthread_rwlock_rdlock(pthread_rwlock_t* lock) noexcept {
  if (!is_simulated()) [[likely]]
    return real_call(pthread_rwlock_rdlock, RealCall::rwlock_rdlock)(lock);
  return objects().lock(call_on(lock, true, DAXLAB_CALLER), Patience::for_ever);
}
int pthread_rwlock_wrlock(pthread_rwlock_t* lock) noexcept {
  if (!is_simulated()) [[likely]]
    return real_call(pthread_rwlock_wrlock, RealCall::rwlock_wrlock)(lock);
  return objects().lock(call_on(lock, false, DAXLAB_CALLER), Patience::for_ever);
}
int pthread_rwlock_tryrdlock(pthread_rwlock_t* lock) noexcept {
  if (!is_simulated()) [[likely]]
    return real_call(pthread_rwlock_tryrdlock, RealCall::rwlock_tryrdlock)(lock);
  return objects().lock(call_on(lock, true, DAXLAB_CALLER), Patience::none);
}
int pthread_rwlock_trywrlock(pthread_rwlock_t* lock) noexcept {
  if (!is_simulated()) [[likely]]
    return real_call(pthread_rwlock_trywrlock, RealCall::rwlock_trywrlock)(lock);
  return objects().lock(call_on(lock, false, DAXLAB_CALLER), Patience::none);
}
int pthread_rwlock_timedrdlock(pthread_rwlock_t* lock, const timespec* deadline) noexcept {
  if (!is_simulated()) [[likely]]
    return real_call(pthread_rwlock_timedrdlock, RealCall::rwlock_timedrdlock)(lock, deadline);
  return timed_lock(call_on(lock, true, DAXLAB_CALLER), CLOCK_REALTIME, deadline);
}
int pthread_rwlock_timedwrlock(pthread_rwlock_t* lock, const timespec* deadline) noexcept {
  if (!is_simulated()) [[likely]]
    return real_call(pthread_rwlock_timedwrlock, RealCall::rwlock_timedwrlock)(lock, deadline);
  return timed_lock(call_on(lock, false, DAXLAB_CALLER), CLOCK_REALTIME, deadline);
}
int pthread_rwlock_clockrdlock(pthread_rwlock_t* lock, clockid_t clock,
                               const timespec* deadline) noexcept {
  if (!is_simulated()) [[likely]]
    return real_call(pthread_rwlock_clockrdlock, RealCall::rwlock_clockrdlock)(lock, clock,
                                                                               deadline);
  return timed_lock(call_on(lock, true, DAXLAB_CALLER), clock, deadline);
}
int pthread_rwlock_clockwrlock(pthread_rwlock_t* lock, clockid_t clock,
                               const timespec* deadline) noexcept {
  if (!is_simulated()) [[likely]]
    return real_call(pthread_rwlock_clockwrlock, RealCall::rwlock_clockwrlock)(lock, clock,
                                                                               deadline);
  return timed_lock(call_on(lock, false, DAXLAB_CALLER), clock, deadline);
}
int pthread_rwlock_unlock(pthread_rwlock_t* lock) noexcept {
  if (!is_simulated()) [[likely]]
    return real_call(pthread_rwlock_unlock, RealCall::rwlock_unlock)(lock);
  return objects().unlock(call_on(lock, false, DAXLAB_CALLER));
}

int pthread_spin_lock(pthread_spinlock_t* lock) noexcept {
  if (!is_simulated()) [[likely]]
    return real_call(pthread_spin_lock, RealCall::spin_lock)(lock);
  return objects().lock(call_on(lock, DAXLAB_CALLER), Patience::for_ever);
}
int pthread_spin_trylock(pthread_spinlock_t* lock) noexcept {
  if (!is_simulated()) [[likely]]
    return real_call(pthread_spin_trylock, RealCall::spin_trylock)(lock);
  return objects().lock(call_on(lock, DAXLAB_CALLER), Patience::none);
}
int pthread_spin_unlock(pthread_spinlock_t* lock) noexcept {
  if (!is_simulated()) [[likely]]
    return real_call(pthread_spin_unlock, RealCall::spin_unlock)(lock);
  return objects().unlock(call_on(lock, DAXLAB_CALLER));
}

}  // extern "C"

#endif
