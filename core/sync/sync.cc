#include "core/sync/sync.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cassert>
#include <cerrno>
#include <climits>

namespace daxlab {

namespace {

// The kernel looks at the word itself.
static_assert(sizeof(std::atomic<uint32_t>) == sizeof(uint32_t));
static_assert(std::atomic<uint32_t>::is_always_lock_free);

// Waiting returns early for signals and for a changed word, which callers expect: no result to pass
// on.
void futex(std::atomic<uint32_t>& word, int operation, uint32_t value) noexcept {
  int kept = errno;
  syscall(SYS_futex, &word, operation | FUTEX_PRIVATE_FLAG, value, nullptr, nullptr, 0);
  errno = kept;
}

constexpr uint32_t writer = uint32_t{1} << 31;

}  // namespace

void wait_while(std::atomic<uint32_t>& word, uint32_t value) noexcept {
  if (word.load() == value) futex(word, FUTEX_WAIT, value);
}

void wake_one(std::atomic<uint32_t>& word) noexcept { futex(word, FUTEX_WAKE, 1); }

void wake_all(std::atomic<uint32_t>& word) noexcept { futex(word, FUTEX_WAKE, INT_MAX); }

bool Mutex::lock() noexcept {
  if (try_lock()) return false;
  // From here on the word says 2 while we wait and once we hold it, for we do not know who else
  // waits.
  while (word_.exchange(2, std::memory_order_acquire) != 0) wait_while(word_, 2);
  return true;
}

bool Mutex::try_lock() noexcept {
  uint32_t expected = 0;
  return word_.compare_exchange_strong(expected, 1, std::memory_order_acquire,
                                       std::memory_order_relaxed);
}

void Mutex::unlock() noexcept {
  uint32_t before = word_.exchange(0, std::memory_order_release);
  assert(before != 0);
  if (before == 2) wake_one(word_);
}

// Lost wake-ups are ruled out by one pattern, all of it sequentially consistent: who waits
// announces itself, notes the turn, then looks at the state; who releases changes the state, then
// looks for waiters and moves the turn. One of the two sees the other.

bool RwLock::try_lock_shared() noexcept {
  if (waiting_writers_.load() != 0) return false;
  uint32_t seen = state_.load();
  while ((seen & writer) == 0) {
    if (state_.compare_exchange_weak(seen, seen + 1)) return true;
  }
  return false;
}

void RwLock::let_waiters_look() noexcept {
  turn_.fetch_add(1);
  wake_all(turn_);
}

void RwLock::lock_shared() noexcept {
  if (try_lock_shared()) [[likely]]
    return;
  waiting_readers_.fetch_add(1);
  for (;;) {
    uint32_t turn = turn_.load();
    if (try_lock_shared()) break;
    wait_while(turn_, turn);
  }
  waiting_readers_.fetch_sub(1);
}

void RwLock::unlock_shared() noexcept {
  uint32_t before = state_.fetch_sub(1);
  assert(before != 0 && (before & writer) == 0);
  if (before == 1 && waiting_writers_.load() != 0) let_waiters_look();
}

void RwLock::lock() noexcept {
  uint32_t expected = 0;
  if (state_.compare_exchange_strong(expected, writer)) return;
  waiting_writers_.fetch_add(1);
  for (;;) {
    uint32_t turn = turn_.load();
    expected = 0;
    if (state_.compare_exchange_strong(expected, writer)) break;
    wait_while(turn_, turn);
  }
  // Readers that stand back for us wait for our unlock, which looks for them.
  waiting_writers_.fetch_sub(1);
}

void RwLock::unlock() noexcept {
  assert(state_.load() == writer);
  state_.store(0);
  if (waiting_writers_.load() != 0 || waiting_readers_.load() != 0) let_waiters_look();
}

}  // namespace daxlab
