// Stands in for the C library's blocking functions, in a program that simulates threads: the
// program's own definitions go before the library's, for plugins and other libraries too. A real
// thread pays a load, a branch and an indirect call.
//
// Where a thread sanitizer stands in already, nothing is defined here: plugins that block with
// these are not for such a build's simulator.
#include "core/engine/simulator/pthread_calls.h"

#include <dlfcn.h>
#include <pthread.h>
#include <sched.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>

#include "core/engine/simulator/call_place.h"
#include "core/engine/simulator/pthread_objects.h"
#include "core/sync/schedule.h"

#if defined(__SANITIZE_THREAD__)
#define DAXLAB_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define DAXLAB_TSAN 1
#endif
#endif

#if defined(DAXLAB_TSAN)

void daxlab::end_run_of_pthread_calls() {}

#else

namespace {

using namespace daxlab;

#if defined(__x86_64__)
constexpr const char* since_conditions = "GLIBC_2.3.2";  // older ones have another layout
#else
constexpr const char* since_conditions = nullptr;  // newer machines never had older ones
#endif

// Found at its first call, which may come before any constructor: constant to begin with. The
// loader's own locks do not come through here.
template <class Result, class... Arguments>
class Real {
 public:
  constexpr explicit Real(const char* name, const char* version = nullptr)
      : name_(name), version_(version) {}
  Result operator()(Arguments... arguments) {
    Function* function = function_.load(std::memory_order_relaxed);
    if (function == nullptr) [[unlikely]]
      function = look_up();
    return function(arguments...);
  }

 private:
  using Function = Result(Arguments...);
  Function* look_up() {
    void* found = version_ == nullptr ? nullptr : dlvsym(RTLD_NEXT, name_, version_);
    if (found == nullptr) found = dlsym(RTLD_NEXT, name_);
    function_.store(reinterpret_cast<Function*>(found), std::memory_order_relaxed);
    return reinterpret_cast<Function*>(found);
  }
  const char* name_;
  const char* version_;
  std::atomic<Function*> function_{nullptr};
};

using Mutex_ = pthread_mutex_t;
using Condition = pthread_cond_t;
using RwLock_ = pthread_rwlock_t;
using Spin = pthread_spinlock_t;
using Time = const timespec;

constinit Real<int, Mutex_*> mutex_lock("pthread_mutex_lock");
constinit Real<int, Mutex_*> mutex_trylock("pthread_mutex_trylock");
constinit Real<int, Mutex_*, Time*> mutex_timedlock("pthread_mutex_timedlock");
constinit Real<int, Mutex_*, clockid_t, Time*> mutex_clocklock("pthread_mutex_clocklock");
constinit Real<int, Mutex_*> mutex_unlock("pthread_mutex_unlock");
constinit Real<int, Condition*, Mutex_*> cond_wait("pthread_cond_wait", since_conditions);
constinit Real<int, Condition*, Mutex_*, Time*> cond_timedwait("pthread_cond_timedwait",
                                                               since_conditions);
constinit Real<int, Condition*, Mutex_*, clockid_t, Time*> cond_clockwait("pthread_cond_clockwait");
constinit Real<int, Condition*> cond_signal("pthread_cond_signal", since_conditions);
constinit Real<int, Condition*> cond_broadcast("pthread_cond_broadcast", since_conditions);
constinit Real<int, RwLock_*> rwlock_rdlock("pthread_rwlock_rdlock");
constinit Real<int, RwLock_*> rwlock_wrlock("pthread_rwlock_wrlock");
constinit Real<int, RwLock_*> rwlock_tryrdlock("pthread_rwlock_tryrdlock");
constinit Real<int, RwLock_*> rwlock_trywrlock("pthread_rwlock_trywrlock");
constinit Real<int, RwLock_*, Time*> rwlock_timedrdlock("pthread_rwlock_timedrdlock");
constinit Real<int, RwLock_*, Time*> rwlock_timedwrlock("pthread_rwlock_timedwrlock");
constinit Real<int, RwLock_*, clockid_t, Time*> rwlock_clockrdlock("pthread_rwlock_clockrdlock");
constinit Real<int, RwLock_*, clockid_t, Time*> rwlock_clockwrlock("pthread_rwlock_clockwrlock");
constinit Real<int, RwLock_*> rwlock_unlock("pthread_rwlock_unlock");
constinit Real<int, Spin*> spin_lock("pthread_spin_lock");
constinit Real<int, Spin*> spin_trylock("pthread_spin_trylock");
constinit Real<int, Spin*> spin_unlock("pthread_spin_unlock");
constinit Real<int> yield("sched_yield");
constinit Real<int, Time*, timespec*> sleep_for("nanosleep");
constinit Real<int, clockid_t, int, Time*, timespec*> clock_sleep("clock_nanosleep");
constinit Real<int, useconds_t> sleep_for_us("usleep");
constinit Real<int, clockid_t, timespec*> clock_look("clock_gettime");

const RealLock real_mutex = {
    [](void* lock) noexcept { return mutex_trylock(static_cast<Mutex_*>(lock)); }, nullptr,
    [](void* lock) noexcept { return mutex_unlock(static_cast<Mutex_*>(lock)); }};
const RealLock real_rwlock = {
    [](void* lock) noexcept { return rwlock_trywrlock(static_cast<RwLock_*>(lock)); },
    [](void* lock) noexcept { return rwlock_tryrdlock(static_cast<RwLock_*>(lock)); },
    [](void* lock) noexcept { return rwlock_unlock(static_cast<RwLock_*>(lock)); }};
const RealLock real_spin = {
    [](void* lock) noexcept { return spin_trylock(static_cast<Spin*>(lock)); }, nullptr,
    [](void* lock) noexcept { return spin_unlock(static_cast<Spin*>(lock)); }};

bool is_simulated() { return schedule_of_thread() != nullptr; }
PthreadObjects& objects() { return PthreadObjects::of_thread(); }

LockRule rule_of(const Mutex_* mutex) {
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

LockCall call_on(Mutex_* mutex, const void* from) {
  return {.lock = mutex,
          .real = &real_mutex,
          .rule = rule_of(mutex),
          .shared = false,
          .takes_steps = !is_of_linked_library(from),
          .where = objects().place_of(from)};
}
LockCall call_on(RwLock_* lock, bool shared, const void* from) {
  return {.lock = lock,
          .real = &real_rwlock,
          .rule = LockRule::read_write,
          .shared = shared,
          .takes_steps = !is_of_linked_library(from),
          .where = objects().place_of(from)};
}
LockCall call_on(Spin* lock, const void* from) {
  return {.lock = const_cast<int*>(lock),
          .real = &real_spin,
          .rule = LockRule::plain,
          .shared = false,
          .takes_steps = !is_of_linked_library(from),
          .where = objects().place_of(from)};
}

constexpr int64_t ns_per_second = 1'000'000'000;
int64_t ns_of(Time& time) { return int64_t{time.tv_sec} * ns_per_second + time.tv_nsec; }
bool is_time(Time* time) { return time->tv_nsec >= 0 && time->tv_nsec < ns_per_second; }

// Whoever has waited long enough finds that it is late.
int timed(int code, clockid_t clock, Time* deadline) {
  if (code == ETIMEDOUT) objects().sleep_until(clock, ns_of(*deadline));
  return code;
}

int timed_lock(const LockCall& call, clockid_t clock, Time* deadline) {
  if (!is_time(deadline)) return EINVAL;
  return timed(objects().lock(call, Patience::a_while), clock, deadline);
}

// std::condition_variable waits inside the C++ library: whose call it is cannot be told, but it
// always means to give way.
LockCall call_of_wait(Mutex_* mutex, const void* from) {
  LockCall call = call_on(mutex, from);
  call.takes_steps = true;
  return call;
}

int timed_wait(Condition* condition, Mutex_* mutex, clockid_t clock, Time* deadline,
               const void* from) {
  if (!is_time(deadline)) return EINVAL;
  return timed(objects().wait(condition, call_of_wait(mutex, from), true), clock, deadline);
}

clockid_t clock_of(const Condition* condition) {
  constexpr unsigned monotonic = 2;
  return (condition->__data.__wrefs & monotonic) != 0 ? CLOCK_MONOTONIC : CLOCK_REALTIME;
}

// One turn for the others, however long it is.
void sleep_simulated(clockid_t clock, int64_t until_ns, const void* from) {
  tell_schedule(StepKind::relax, nullptr, objects().place_of(from));
  objects().sleep_until(clock, until_ns);
}

}  // namespace

void daxlab::end_run_of_pthread_calls() { objects().end_run(); }

#define FROM __builtin_return_address(0)

extern "C" {

int pthread_mutex_lock(Mutex_* mutex) noexcept {
  if (!is_simulated()) [[likely]]
    return mutex_lock(mutex);
  return objects().lock(call_on(mutex, FROM), Patience::for_ever);
}
int pthread_mutex_trylock(Mutex_* mutex) noexcept {
  if (!is_simulated()) [[likely]]
    return mutex_trylock(mutex);
  return objects().lock(call_on(mutex, FROM), Patience::none);
}
int pthread_mutex_timedlock(Mutex_* mutex, Time* deadline) noexcept {
  if (!is_simulated()) [[likely]]
    return mutex_timedlock(mutex, deadline);
  return timed_lock(call_on(mutex, FROM), CLOCK_REALTIME, deadline);
}
int pthread_mutex_clocklock(Mutex_* mutex, clockid_t clock, Time* deadline) noexcept {
  if (!is_simulated()) [[likely]]
    return mutex_clocklock(mutex, clock, deadline);
  return timed_lock(call_on(mutex, FROM), clock, deadline);
}
int pthread_mutex_unlock(Mutex_* mutex) noexcept {
  if (!is_simulated()) [[likely]]
    return mutex_unlock(mutex);
  return objects().unlock(call_on(mutex, FROM));
}

int pthread_cond_wait(Condition* condition, Mutex_* mutex) {
  if (!is_simulated()) [[likely]]
    return cond_wait(condition, mutex);
  return objects().wait(condition, call_of_wait(mutex, FROM), false);
}
int pthread_cond_timedwait(Condition* condition, Mutex_* mutex, Time* deadline) {
  if (!is_simulated()) [[likely]]
    return cond_timedwait(condition, mutex, deadline);
  return timed_wait(condition, mutex, clock_of(condition), deadline, FROM);
}
int pthread_cond_clockwait(Condition* condition, Mutex_* mutex, clockid_t clock, Time* deadline) {
  if (!is_simulated()) [[likely]]
    return cond_clockwait(condition, mutex, clock, deadline);
  return timed_wait(condition, mutex, clock, deadline, FROM);
}
// Real threads may wait there as well.
int pthread_cond_signal(Condition* condition) noexcept {
  if (is_simulated()) [[unlikely]]
    objects().signal(condition, false, objects().place_of(FROM));
  return cond_signal(condition);
}
int pthread_cond_broadcast(Condition* condition) noexcept {
  if (is_simulated()) [[unlikely]]
    objects().signal(condition, true, objects().place_of(FROM));
  return cond_broadcast(condition);
}

int pthread_rwlock_rdlock(RwLock_* lock) noexcept {
  if (!is_simulated()) [[likely]]
    return rwlock_rdlock(lock);
  return objects().lock(call_on(lock, true, FROM), Patience::for_ever);
}
int pthread_rwlock_wrlock(RwLock_* lock) noexcept {
  if (!is_simulated()) [[likely]]
    return rwlock_wrlock(lock);
  return objects().lock(call_on(lock, false, FROM), Patience::for_ever);
}
int pthread_rwlock_tryrdlock(RwLock_* lock) noexcept {
  if (!is_simulated()) [[likely]]
    return rwlock_tryrdlock(lock);
  return objects().lock(call_on(lock, true, FROM), Patience::none);
}
int pthread_rwlock_trywrlock(RwLock_* lock) noexcept {
  if (!is_simulated()) [[likely]]
    return rwlock_trywrlock(lock);
  return objects().lock(call_on(lock, false, FROM), Patience::none);
}
int pthread_rwlock_timedrdlock(RwLock_* lock, Time* deadline) noexcept {
  if (!is_simulated()) [[likely]]
    return rwlock_timedrdlock(lock, deadline);
  return timed_lock(call_on(lock, true, FROM), CLOCK_REALTIME, deadline);
}
int pthread_rwlock_timedwrlock(RwLock_* lock, Time* deadline) noexcept {
  if (!is_simulated()) [[likely]]
    return rwlock_timedwrlock(lock, deadline);
  return timed_lock(call_on(lock, false, FROM), CLOCK_REALTIME, deadline);
}
int pthread_rwlock_clockrdlock(RwLock_* lock, clockid_t clock, Time* deadline) noexcept {
  if (!is_simulated()) [[likely]]
    return rwlock_clockrdlock(lock, clock, deadline);
  return timed_lock(call_on(lock, true, FROM), clock, deadline);
}
int pthread_rwlock_clockwrlock(RwLock_* lock, clockid_t clock, Time* deadline) noexcept {
  if (!is_simulated()) [[likely]]
    return rwlock_clockwrlock(lock, clock, deadline);
  return timed_lock(call_on(lock, false, FROM), clock, deadline);
}
int pthread_rwlock_unlock(RwLock_* lock) noexcept {
  if (!is_simulated()) [[likely]]
    return rwlock_unlock(lock);
  return objects().unlock(call_on(lock, false, FROM));
}

int pthread_spin_lock(Spin* lock) noexcept {
  if (!is_simulated()) [[likely]]
    return spin_lock(lock);
  return objects().lock(call_on(lock, FROM), Patience::for_ever);
}
int pthread_spin_trylock(Spin* lock) noexcept {
  if (!is_simulated()) [[likely]]
    return spin_trylock(lock);
  return objects().lock(call_on(lock, FROM), Patience::none);
}
int pthread_spin_unlock(Spin* lock) noexcept {
  if (!is_simulated()) [[likely]]
    return spin_unlock(lock);
  return objects().unlock(call_on(lock, FROM));
}

int sched_yield() noexcept {
  if (!is_simulated()) [[likely]]
    return yield();
  tell_schedule(StepKind::relax, nullptr, objects().place_of(FROM));
  return 0;
}
int nanosleep(Time* time, timespec* left) {
  if (!is_simulated()) [[likely]]
    return sleep_for(time, left);
  if (!is_time(time) || time->tv_sec < 0) return errno = EINVAL, -1;
  sleep_simulated(CLOCK_MONOTONIC, objects().now_ns(CLOCK_MONOTONIC) + ns_of(*time), FROM);
  return 0;
}
int clock_nanosleep(clockid_t clock, int flags, Time* time, timespec* left) {
  if (!is_simulated()) [[likely]]
    return clock_sleep(clock, flags, time, left);
  if (!is_time(time)) return EINVAL;
  const int64_t from_ns = (flags & TIMER_ABSTIME) != 0 ? 0 : objects().now_ns(clock);
  sleep_simulated(clock, from_ns + ns_of(*time), FROM);
  return 0;
}
int usleep(useconds_t time_us) {
  if (!is_simulated()) [[likely]]
    return sleep_for_us(time_us);
  sleep_simulated(CLOCK_MONOTONIC, objects().now_ns(CLOCK_MONOTONIC) + int64_t{time_us} * 1000,
                  FROM);
  return 0;
}
// Of simulated time, or a timed wait that is over would find that it is not late yet.
int clock_gettime(clockid_t clock, timespec* time) noexcept {
  const bool is_cpu_time = clock == CLOCK_PROCESS_CPUTIME_ID || clock == CLOCK_THREAD_CPUTIME_ID;
  if (!is_simulated() || is_cpu_time) [[likely]]
    return clock_look(clock, time);
  const int64_t now_ns = objects().now_ns(clock);
  if (now_ns < 0) return clock_look(clock, time);
  *time = {.tv_sec = now_ns / ns_per_second, .tv_nsec = now_ns % ns_per_second};
  return 0;
}

}  // extern "C"

#endif
