// The C library's own definitions of what this program defines itself, for real threads.
#pragma once

#include <atomic>
#include <cstdint>

namespace daxlab {

enum class RealCall : uint32_t {
  mutex_lock,
  mutex_trylock,
  mutex_timedlock,
  mutex_clocklock,
  mutex_unlock,
  cond_wait,
  cond_timedwait,
  cond_clockwait,
  cond_signal,
  cond_broadcast,
  rwlock_rdlock,
  rwlock_wrlock,
  rwlock_tryrdlock,
  rwlock_trywrlock,
  rwlock_timedrdlock,
  rwlock_timedwrlock,
  rwlock_clockrdlock,
  rwlock_clockwrlock,
  rwlock_unlock,
  spin_lock,
  spin_trylock,
  spin_unlock,
  sched_yield,
  nanosleep,
  clock_nanosleep,
  usleep,
  clock_gettime,
  count
};

// Each by its number; null until found. All are found before main() and before any plugin is
// loaded: asking the loader takes its locks and may allocate, which no signal handler may do.
extern constinit std::atomic<void*> real_calls[static_cast<uint32_t>(RealCall::count)];

// For a call that comes before that: from a constructor of a library, or of another file.
void* find_real_call(RealCall call) noexcept;

// real_call(pthread_mutex_lock, RealCall::mutex_lock)(mutex): our own definition says the type.
template <class Function>
inline Function* real_call(Function&, RealCall call) noexcept {
  void* found = real_calls[static_cast<uint32_t>(call)].load(std::memory_order_relaxed);
  if (found == nullptr) [[unlikely]]
    found = find_real_call(call);
  return reinterpret_cast<Function*>(found);
}

}  // namespace daxlab
