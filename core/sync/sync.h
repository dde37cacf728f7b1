// All blocking in the core goes through these few primitives, so that a simulator can take them
// over. They are futex words without allocation: usable in a fault handler as long as the thread
// that faulted holds none of them, which holds because the core touches no mapped memory under a
// lock.
#pragma once

#include <atomic>
#include <cstdint>

namespace daxlab {

// Any thread, signal-safe: errno is kept. One process only.

// Sleeps while `word` holds `value`; may return early. Wakers change the word first.
void wait_while(std::atomic<uint32_t>& word, uint32_t value) noexcept;
void wake_one(std::atomic<uint32_t>& word) noexcept;
void wake_all(std::atomic<uint32_t>& word) noexcept;

// Not recursive. Zero-initialised memory is an unlocked mutex.
class Mutex {
 public:
  // True if it had to wait.
  bool lock() noexcept;
  bool try_lock() noexcept;
  void unlock() noexcept;

 private:
  std::atomic<uint32_t> word_{0};  // 0 free, 1 locked, 2 locked and perhaps waited for
};

// Many readers or one writer; waiting writers go before new readers. Not recursive, for readers
// either. One atomic exchange to lock shared when no writer is about.
class RwLock {
 public:
  void lock() noexcept;
  void unlock() noexcept;
  void lock_shared() noexcept;
  void unlock_shared() noexcept;

 private:
  bool try_lock_shared() noexcept;
  void let_waiters_look() noexcept;

  std::atomic<uint32_t> state_{0};  // reader count, or the writer bit
  std::atomic<uint32_t> waiting_writers_{0};
  std::atomic<uint32_t> waiting_readers_{0};
  std::atomic<uint32_t> turn_{0};  // changes at every release that somebody may wait for
};

}  // namespace daxlab
