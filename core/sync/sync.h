// All blocking in the core goes through these few primitives, so that a simulator can take them
// over: see schedule.h. Otherwise they are futex words without allocation: usable in a fault
// handler as long as the thread that faulted holds none of them, which holds because the core
// touches no mapped memory under a lock.
#pragma once

#include <atomic>
#include <cstdint>

#include "core/base/source_location.h"

namespace daxlab {

// Any thread, signal-safe: errno is kept. One process only.

// Sleeps while `word` holds `value`; may return early. Wakers change the word first.
void wait_while(std::atomic<uint32_t>& word, uint32_t value) noexcept;
void wake_one(std::atomic<uint32_t>& word) noexcept;
void wake_all(std::atomic<uint32_t>& word) noexcept;

class Schedule;

// `where` is for those who look into a deadlock. Locked and LockedShared (locked.h) hold a lock for
// a scope.

// Not recursive. Zero-initialised memory is an unlocked mutex.
class Mutex {
 public:
  using Where = SourceLocation;
  // True if it had to wait.
  bool lock(Where where = Where::current()) noexcept;
  bool try_lock(Where where = Where::current()) noexcept;
  void unlock(Where where = Where::current()) noexcept;

 private:
  bool acquire() noexcept;
  bool lock_simulated(Schedule& schedule, Where where) noexcept;
  bool try_lock_simulated(Schedule& schedule, Where where) noexcept;
  void unlock_simulated(Schedule& schedule, Where where) noexcept;

  std::atomic<uint32_t> word_{0};  // 0 free, 1 locked, 2 locked and perhaps waited for
};

// Many readers or one writer; waiting writers go before new readers. Not recursive, for readers
// either. One atomic exchange to lock shared when no writer is about.
class RwLock {
 public:
  using Where = SourceLocation;
  void lock(Where where = Where::current()) noexcept;
  void unlock(Where where = Where::current()) noexcept;
  void lock_shared(Where where = Where::current()) noexcept;
  bool try_lock_shared(Where where = Where::current()) noexcept;
  void unlock_shared(Where where = Where::current()) noexcept;

 private:
  void acquire() noexcept;
  void acquire_shared() noexcept;
  bool try_acquire_shared() noexcept;
  void release() noexcept;
  void release_shared() noexcept;
  void let_waiters_look() noexcept;

  std::atomic<uint32_t> state_{0};  // reader count, or the writer bit
  std::atomic<uint32_t> waiting_writers_{0};
  std::atomic<uint32_t> waiting_readers_{0};
  std::atomic<uint32_t> turn_{0};  // changes at every release that somebody may wait for
};

}  // namespace daxlab
