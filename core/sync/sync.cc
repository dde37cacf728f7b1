#include "core/sync/sync.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cassert>
#include <cerrno>
#include <climits>

#include "core/sync/schedule.h"

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
  if (word.load() != value) return;
  if (Schedule* schedule = schedule_of_thread()) [[unlikely]] {
    schedule->wait_while(word, value);
  } else {
    futex(word, FUTEX_WAIT, value);
  }
}

void wake_one(std::atomic<uint32_t>& word) noexcept {
  if (Schedule* schedule = schedule_of_thread()) [[unlikely]] {
    schedule->wake(word, false);
  } else {
    futex(word, FUTEX_WAKE, 1);
  }
}

void wake_all(std::atomic<uint32_t>& word) noexcept {
  if (Schedule* schedule = schedule_of_thread()) [[unlikely]] {
    schedule->wake(word, true);
  } else {
    futex(word, FUTEX_WAKE, INT_MAX);
  }
}

bool Mutex::lock(Where where) noexcept {
  if (Schedule* schedule = schedule_of_thread()) [[unlikely]] {
    return lock_simulated(*schedule, where);
  }
  return acquire();
}

bool Mutex::acquire() noexcept {
  uint32_t expected = 0;
  if (word_.compare_exchange_strong(expected, 1, std::memory_order_acquire,
                                    std::memory_order_relaxed)) {
    return false;
  }
  // From here on the word says 2 while we wait and once we hold it, for we do not know who else
  // waits.
  while (word_.exchange(2, std::memory_order_acquire) != 0) wait_while(word_, 2);
  return true;
}

bool Mutex::try_lock(Where where) noexcept {
  if (Schedule* schedule = schedule_of_thread()) [[unlikely]] {
    return try_lock_simulated(*schedule, where);
  }
  uint32_t expected = 0;
  return word_.compare_exchange_strong(expected, 1, std::memory_order_acquire,
                                       std::memory_order_relaxed);
}

void Mutex::unlock(Where where) noexcept {
  if (Schedule* schedule = schedule_of_thread()) [[unlikely]] {
    return unlock_simulated(*schedule, where);
  }
  uint32_t before = word_.exchange(0, std::memory_order_release);
  assert(before != 0);
  if (before == 2) wake_one(word_);
}

bool Mutex::lock_simulated(Schedule& schedule, Where where) noexcept {
  const bool is_held = word_.load() != 0;
  in_schedule(StepKind::lock, this, where, [this, simulated = &schedule, where] {
    acquire();
    simulated->has_locked(this, where);
  });
  return is_held;
}

bool Mutex::try_lock_simulated(Schedule& schedule, Where where) noexcept {
  // Told as a step, but never mutated: the caller asks because it can do without.
  schedule.step(StepKind::try_lock, this, where);
  uint32_t expected = 0;
  if (!word_.compare_exchange_strong(expected, 1)) return false;
  schedule.has_locked(this, where);
  return true;
}

// A core that is wrong on purpose may unlock what is not locked.
void Mutex::unlock_simulated(Schedule& schedule, Where where) noexcept {
  in_schedule(StepKind::unlock, this, where, [this, simulated = &schedule] {
    simulated->has_unlocked(this);
    if (word_.exchange(0) == 2) wake_one(word_);
  });
}

// Lost wake-ups are ruled out by one pattern, all of it sequentially consistent: who waits
// announces itself, notes the turn, then looks at the state; who releases changes the state, then
// looks for waiters and moves the turn. One of the two sees the other.

bool RwLock::try_acquire_shared() noexcept {
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

void RwLock::acquire_shared() noexcept {
  if (try_acquire_shared()) [[likely]]
    return;
  waiting_readers_.fetch_add(1);
  for (;;) {
    uint32_t turn = turn_.load();
    if (try_acquire_shared()) break;
    wait_while(turn_, turn);
  }
  waiting_readers_.fetch_sub(1);
}

void RwLock::release_shared() noexcept {
  uint32_t before = state_.fetch_sub(1);
  if (before == 1 && waiting_writers_.load() != 0) let_waiters_look();
}

void RwLock::acquire() noexcept {
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

void RwLock::release() noexcept {
  state_.store(0);
  if (waiting_writers_.load() != 0 || waiting_readers_.load() != 0) let_waiters_look();
}

// What several simulated threads could see in another order lies before and after these, not in
// them.

void RwLock::lock(Where where) noexcept {
  Schedule* schedule = schedule_of_thread();
  if (schedule == nullptr) [[likely]]
    return acquire();
  in_schedule(StepKind::lock, this, where, [this, schedule, where] {
    acquire();
    schedule->has_locked(this, where);
  });
}

void RwLock::lock_shared(Where where) noexcept {
  Schedule* schedule = schedule_of_thread();
  if (schedule == nullptr) [[likely]]
    return acquire_shared();
  in_schedule(StepKind::lock_shared, this, where, [this, schedule, where] {
    acquire_shared();
    schedule->has_locked(this, where);
  });
}

bool RwLock::try_lock_shared(Where where) noexcept {
  Schedule* schedule = schedule_of_thread();
  if (schedule == nullptr) [[likely]]
    return try_acquire_shared();
  // As Mutex::try_lock: told, but never mutated.
  schedule->step(StepKind::try_lock, this, where);
  if (!try_acquire_shared()) return false;
  schedule->has_locked(this, where);
  return true;
}

void RwLock::unlock(Where where) noexcept {
  Schedule* schedule = schedule_of_thread();
  if (schedule == nullptr) [[likely]] {
    assert(state_.load() == writer);
    return release();
  }
  in_schedule(StepKind::unlock, this, where, [this, schedule] {
    schedule->has_unlocked(this);
    release();
  });
}

void RwLock::unlock_shared(Where where) noexcept {
  Schedule* schedule = schedule_of_thread();
  if (schedule == nullptr) [[likely]] {
    assert(state_.load() != 0 && (state_.load() & writer) == 0);
    return release_shared();
  }
  // One reader too few would look like a writer for ever: that mutation ends in a livelock of its
  // own making, so a count of none stays none.
  in_schedule(StepKind::unlock_shared, this, where, [this, schedule] {
    schedule->has_unlocked(this);
    const uint32_t state = state_.load();
    if (state != 0 && (state & writer) == 0) release_shared();
  });
}

}  // namespace daxlab
