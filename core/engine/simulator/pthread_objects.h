// Locks, condition variables and clocks of the C library, for simulated threads: code that is not
// ours (plugins with std::mutex) blocks and gives way here, and its deadlocks are told.
//
// The object itself stays locked as long as a simulated thread holds it, so that real threads (a
// plugin's own) are kept out, and the lock of one that came before the run is respected. The table
// here says which simulated thread holds it, which the object cannot: all are one real thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "core/base/source_location.h"

namespace daxlab {

// The C library's own functions of one kind of lock. Both shared ones may be null.
struct RealLock {
  int (*try_lock)(void* lock) noexcept;
  int (*try_lock_shared)(void* lock) noexcept;
  int (*unlock)(void* lock) noexcept;
};

enum class LockRule : uint32_t { plain, recursive, checked, read_write };
enum class Patience : uint32_t { none, a_while, for_ever };

struct LockCall {
  void* lock;
  const RealLock* real;
  LockRule rule = LockRule::plain;
  bool shared = false;
  // Libraries that the program is linked with take no steps around their locks, for malloc and the
  // like must not give way: they do so only where they would have to wait.
  bool takes_steps = true;
  SourceLocation where;
};

// One for each real thread; used by the simulated threads on it, one at a time. Codes are errno's.
class PthreadObjects {
 public:
  static PthreadObjects& of_thread();

  int lock(const LockCall& call, Patience patience);
  int unlock(const LockCall& call);
  // Gives the mutex back and takes it again. Timed: ETIMEDOUT after some turns of the others, and
  // then the clock says that it is late enough.
  int wait(const void* condition, const LockCall& mutex, bool timed);
  void signal(const void* condition, bool all, SourceLocation where);

  // For steps; by the return address.
  SourceLocation place_of(const void* call);

  // Simulated threads see a clock that goes on by a little at each look, and by what they sleep.
  int64_t now_ns(int clock);
  void sleep_until(int clock, int64_t time_ns);

  // The run is over. What is still held is given back: its holder is gone, and nobody else may
  // wait for it for ever.
  void end_run();

 private:
  static constexpr uint32_t nobody = UINT32_MAX;
  struct Object {
    const RealLock* real = nullptr;
    uint32_t writer = nobody;  // simulated thread
    uint32_t depth = 0;        // of a recursive one
    uint32_t readers = 0;
    std::atomic<uint32_t> turn{0};  // changes when it is given back
    bool is_held() const { return writer != nobody || readers != 0; }
  };
  // Waiters and signals by when they came, ascending. Each signal is for one of those who waited
  // then, and there are no more signals than waiters.
  struct Condition {
    std::vector<uint64_t> waiters;
    std::vector<uint64_t> signals;  // that nobody has taken yet
    uint64_t clock = 0;
    std::atomic<uint32_t> turn{0};  // changes with each signal
    bool take_signal(uint64_t waiter);
  };

  int try_lock(Object& object, const LockCall& call);
  int lock_without_steps(const LockCall& call, Patience patience);
  int64_t* start_of(int clock);

  std::unordered_map<const void*, Object> objects_;
  std::unordered_map<const void*, Condition> conditions_;
  std::unordered_map<const void*, SourceLocation> places_;
  static constexpr int clocks = 12;
  int64_t starts_ns_[clocks] = {};  // when the run first looked; 0: not yet
  int64_t passed_ns_ = 0;
};

}  // namespace daxlab
