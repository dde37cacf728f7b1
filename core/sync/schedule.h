// Where simulated threads may lose their turn. A real thread has no schedule, and pays one load and
// a branch for asking.
//
// Whatever several threads could see in another order is a step: the thread tells its schedule just
// before it, and may give way there. Between two steps a simulated thread is alone in the world, so
// memory is sequentially consistent: orders of single loads and stores inside one step are not
// explored.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>

#include "core/base/source_location.h"
#include "daxlab/status.h"

namespace daxlab {

enum class StepKind : uint32_t {
  lock,  // a Mutex, a Host lock, a plugin's own pthread mutex
  try_lock,
  unlock,
  lock_shared,  // a RwLock; exclusively it is `lock`
  unlock_shared,
  load,  // of a program, through a mapping
  store,
  find_block,  // the block map: an entry is looked up
  publish,     // a word is stored for others to see and a crash to find: map entry, size, inode
  insert,      // a page table shows something
  unmap,       // and no longer
  allocate,
  free,
  zero,  // bytes of a region
  copy,
  flush,
  fence,
  wait,   // for copies in flight, which hold pins
  relax,  // one turn of a spin loop
  count
};
const char* name_of(StepKind kind) noexcept;  // "lock" ... "relax"

class Schedule {
 public:
  // All: by the simulated thread itself.

  // How often the step is to be done: once, except in a core that is made wrong on purpose. For
  // `later`, the caller gives it to keep_for_later instead.
  // `object` tells steps on different things apart: the lock, the entry, the mapping, the line.
  virtual uint32_t step(StepKind kind, const void* object, SourceLocation where) noexcept = 0;
  static constexpr uint32_t later = UINT32_MAX;
  virtual void keep_for_later(std::function<void()> act) noexcept = 0;
  // After each step that was done: what was kept for later may happen now.
  virtual void has_done(StepKind kind) noexcept = 0;

  // As the functions of core/sync/sync.h, for simulated threads.
  virtual void wait_while(std::atomic<uint32_t>& word, uint32_t value) noexcept = 0;
  virtual void wake(std::atomic<uint32_t>& word, bool all) noexcept = 0;

  // For telling who holds what when nobody can go on: right after, without a chance to give way.
  virtual void has_locked(const void* lock, SourceLocation where) noexcept = 0;
  virtual void has_unlocked(const void* lock) noexcept = 0;

  // Simulated threads of one process share mappings; those of another have their own.
  virtual uint32_t process() const noexcept = 0;

 protected:
  ~Schedule() = default;
};

// A plain pointer in initial-exec TLS of the executable: touching it in a fault allocates nothing.
extern constinit thread_local Schedule* schedule_here __attribute__((tls_model("initial-exec")));

// Of the calling thread; nullptr: a real one. Signal-safe.
inline Schedule* schedule_of_thread() noexcept { return schedule_here; }
// From now on; nullptr: none.
inline void set_schedule_of_thread(Schedule* schedule) noexcept { schedule_here = schedule; }

// A step that is never left out, doubled or put off: whoever takes it could not bear that.
inline void tell_schedule(StepKind kind, const void* object,
                          SourceLocation where = SourceLocation::current()) noexcept {
  if (Schedule* schedule = schedule_of_thread()) [[unlikely]] {
    schedule->step(kind, object, where);
  }
}

// Does `act` as often as the schedule says; once without one. May keep a copy of `act` for later:
// it captures by value whatever lives on the stack.
template <class Act>
inline void in_schedule(StepKind kind, const void* object, SourceLocation where, Act act) noexcept {
  Schedule* schedule = schedule_of_thread();
  if (schedule == nullptr) [[likely]] {
    act();
    return;
  }
  uint32_t times = schedule->step(kind, object, where);
  if (times == Schedule::later) {
    schedule->keep_for_later(act);
    return;
  }
  for (; times > 0; --times) act();
  schedule->has_done(kind);
}

// The same for what has a status: of the last time, ok for no time at all.
template <class Act>
inline Status in_schedule_with_status(StepKind kind, const void* object, SourceLocation where,
                                      Act act) noexcept {
  if (schedule_of_thread() == nullptr) [[likely]]
    return act();
  const auto status = std::make_shared<Status>();
  in_schedule(kind, object, where, [act, status] { *status = act(); });
  return *status;
}

}  // namespace daxlab
