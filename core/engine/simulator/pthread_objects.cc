#include "core/engine/simulator/pthread_objects.h"

#include <pthread.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "core/base/counters.h"
#include "core/engine/simulator/call_place.h"
#include "core/engine/simulator/pthread_simulated.h"
#include "core/sync/schedule.h"
#include "core/sync/sync.h"

namespace daxlab {
namespace {

// Turns of the others until a timed wait has had enough.
constexpr uint32_t turns_of_a_timed_wait = 64;
constexpr int64_t ns_for_a_look = 1000;

// The number that FiberScheduler gives to each simulated thread.
uint32_t self() { return thread_shard(); }

// A turn of somebody who cannot wait in the schedule: for another real thread, perhaps.
void turn_for_others(const void* object, SourceLocation where) {
  tell_schedule(StepKind::relax, object, where);
  syscall(SYS_sched_yield);
}

StepKind step_of(const LockCall& call, Patience patience) {
  if (patience == Patience::none) return StepKind::try_lock;
  return call.shared ? StepKind::lock_shared : StepKind::lock;
}

// A recursive mutex lets in the real thread, which may have held it before the run.
bool was_held_before(const LockCall& call) {
  return call.rule == LockRule::recursive &&
         static_cast<const pthread_mutex_t*>(call.lock)->__data.__count > 1;
}

}  // namespace

PthreadObjects& PthreadObjects::of_thread() {
  thread_local PthreadObjects objects;
  return objects;
}

int PthreadObjects::try_lock(Object& object, const LockCall& call) {
  if (object.writer == self()) {
    if (call.rule == LockRule::recursive) return ++object.depth, 0;
    return call.rule == LockRule::plain ? EBUSY : EDEADLK;
  }
  if (object.writer != nobody || (!call.shared && object.readers != 0)) return EBUSY;
  const auto really = call.shared ? call.real->try_lock_shared : call.real->try_lock;
  if (const int code = really(call.lock); code != 0) return code;
  if (was_held_before(call)) {
    call.real->unlock(call.lock);
    return EBUSY;
  }
  object.real = call.real;
  if (call.shared) {
    ++object.readers;
  } else {
    object.writer = self();
    object.depth = 1;
  }
  schedule_of_thread()->has_locked(call.lock, call.where);
  return 0;
}

int PthreadObjects::lock_without_steps(const LockCall& call, Patience patience) {
  const auto really = call.shared ? call.real->try_lock_shared : call.real->try_lock;
  for (uint32_t turns = 0;; ++turns) {
    const int code = really(call.lock);
    if (code != EBUSY || patience == Patience::none) return code;
    if (patience == Patience::a_while && turns == turns_of_a_timed_wait) return ETIMEDOUT;
    turn_for_others(call.lock, call.where);
  }
}

int PthreadObjects::lock(const LockCall& call, Patience patience) {
  if (!call.takes_steps) return lock_without_steps(call, patience);
  tell_schedule(step_of(call, patience), call.lock, call.where);
  Object& object = objects_[call.lock];
  for (uint32_t turns = 0;; ++turns) {
    const int code = try_lock(object, call);
    if (code == EDEADLK && patience == Patience::none) return EBUSY;
    if (code != EBUSY || patience == Patience::none) return code;
    if (patience == Patience::a_while) {
      if (turns == turns_of_a_timed_wait) return ETIMEDOUT;
      turn_for_others(call.lock, call.where);
    } else if (object.is_held()) {
      wait_while(object.turn, object.turn.load());
    } else {
      turn_for_others(call.lock, call.where);  // held from outside of the run
    }
  }
}

int PthreadObjects::unlock(const LockCall& call) {
  const auto found = objects_.find(call.lock);
  Object* object = found == objects_.end() || !found->second.is_held() ? nullptr : &found->second;
  const bool shared = object != nullptr && object->writer == nobody;
  if (call.takes_steps) {
    tell_schedule(shared ? StepKind::unlock_shared : StepKind::unlock, call.lock, call.where);
  }
  if (object == nullptr) return call.real->unlock(call.lock);
  if (shared) {
    --object->readers;
  } else {
    const bool is_owned = call.rule == LockRule::recursive || call.rule == LockRule::checked;
    if (is_owned && object->writer != self()) return EPERM;
    if (--object->depth > 0) return 0;
    object->writer = nobody;
  }
  schedule_of_thread()->has_unlocked(call.lock);
  const int code = call.real->unlock(call.lock);
  object->turn.fetch_add(1);
  wake_all(object->turn);
  return code;
}

// The oldest signal that came after the waiter: who came later can do without that one.
bool PthreadObjects::Condition::take_signal(uint64_t waiter) {
  const auto signal = std::ranges::upper_bound(signals, waiter);
  if (signal == signals.end()) return false;
  signals.erase(signal);
  std::erase(waiters, waiter);
  return true;
}

int PthreadObjects::wait(const void* condition, const LockCall& mutex, bool timed) {
  tell_schedule(StepKind::wait, condition, mutex.where);
  Condition& waited_for = conditions_[condition];
  const uint64_t self = waited_for.clock++;
  waited_for.waiters.push_back(self);
  LockCall at_once = mutex;
  at_once.takes_steps = false;
  if (const int code = unlock(at_once); code != 0) {
    std::erase(waited_for.waiters, self);
    return code;
  }
  bool signaled = false;
  for (uint32_t turns = 0; !(signaled = waited_for.take_signal(self)); ++turns) {
    if (!timed) {
      wait_while(waited_for.turn, waited_for.turn.load());
    } else if (turns < turns_of_a_timed_wait) {
      turn_for_others(condition, mutex.where);
    } else {
      std::erase(waited_for.waiters, self);
      break;
    }
  }
  const int code = lock(mutex, Patience::for_ever);
  return code != 0 || signaled ? code : ETIMEDOUT;
}

// All who wait may take it, and one will: the standard leaves open which, so the schedule decides.
void PthreadObjects::signal(const void* condition, bool all, SourceLocation where) {
  tell_schedule(StepKind::unlock, condition, where);
  const auto found = conditions_.find(condition);
  if (found == conditions_.end()) return;
  Condition& waited_for = found->second;
  while (waited_for.signals.size() < waited_for.waiters.size()) {
    waited_for.signals.push_back(waited_for.clock++);
    if (!all) break;
  }
  waited_for.turn.fetch_add(1);
  wake_all(waited_for.turn);
}

SourceLocation PthreadObjects::place_of(const void* call) {
  const auto [place, is_new] = places_.try_emplace(call);
  if (is_new) place->second = call_place(call);
  return place->second;
}

int64_t* PthreadObjects::start_of(int clock) {
  if (clock < 0 || clock >= clocks) return nullptr;
  int64_t& start_ns = starts_ns_[clock];
  if (start_ns == 0) {
    timespec time{};
    if (syscall(SYS_clock_gettime, clock, &time) != 0) return nullptr;
    start_ns = time.tv_sec * ns_per_second + time.tv_nsec - passed_ns_;
  }
  return &start_ns;
}

int64_t PthreadObjects::now_ns(int clock) {
  passed_ns_ += ns_for_a_look;
  const int64_t* start_ns = start_of(clock);
  return start_ns == nullptr ? -1 : *start_ns + passed_ns_;
}

void PthreadObjects::sleep_until(int clock, int64_t time_ns) {
  const int64_t now = now_ns(clock);
  if (now >= 0 && now < time_ns) passed_ns_ += time_ns - now;
}

void PthreadObjects::end_run() {
  for (auto& [lock, object] : objects_) {
    if (object.writer != nobody) object.real->unlock(const_cast<void*>(lock));
    for (; object.readers > 0; --object.readers) object.real->unlock(const_cast<void*>(lock));
  }
  objects_.clear();
  conditions_.clear();
  places_.clear();
  std::ranges::fill(starts_ns_, 0);
  passed_ns_ = 0;
}

}  // namespace daxlab
