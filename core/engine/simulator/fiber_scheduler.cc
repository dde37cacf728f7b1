#include "core/engine/simulator/fiber_scheduler.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <list>
#include <string_view>
#include <unordered_map>

#include "core/base/counters.h"
#include "core/engine/simulator/fiber_workers.h"
#include "core/engine/simulator/pthread_calls.h"

namespace daxlab {

class FiberScheduler::Run final : public Schedule, public FiberWork {
 public:
  Run(FiberWorkers& workers, const ScheduleLimits& limits, SchedulePolicy& policy,
      const CoreMutation* mutation)
      : workers_(workers), limits_(limits), policy_(policy), mutator_(mutation) {}

  void go(std::span<const SimulatedThread> threads);
  void do_part(uint32_t number) override;
  ScheduledRun result;

  uint32_t step(StepKind kind, const void* object, SourceLocation where) noexcept override;
  void keep_for_later(std::function<void()> act) noexcept override;
  void has_done(StepKind kind) noexcept override {
    if (mutator_.is_active()) mutator_.catch_up(current_, kind);
  }
  void wait_while(std::atomic<uint32_t>& word, uint32_t value) noexcept override;
  void wake(std::atomic<uint32_t>& word, bool all) noexcept override;
  void has_locked(const void* lock, SourceLocation where) noexcept override {
    threads_[current_].held.push_back({lock, where});
  }
  void has_unlocked(const void* lock) noexcept override;
  uint32_t process() const noexcept override { return threads_[current_].simulated->process; }

 private:
  struct Held {
    const void* lock;
    SourceLocation where;
  };
  struct Thread {
    FiberWorkers::Worker* worker = nullptr;
    const SimulatedThread* simulated = nullptr;
    bool ended = false;
    const std::atomic<uint32_t>* waits_for = nullptr;
    StepKind doing = StepKind::relax;
    const void* object = nullptr;
    SourceLocation where;
    std::vector<Held> held;
  };

  void take(StepKind kind, const void* object, SourceLocation where);
  void give_way(StepKind kind);
  void hand_over();
  void switch_to(uint32_t next);
  void leave();
  void stop(RunEnd end);
  std::string describe(uint32_t number) const;
  uint32_t number_of(const void* object);

  FiberWorkers& workers_;
  const ScheduleLimits& limits_;
  SchedulePolicy& policy_;
  Mutator mutator_;
  std::list<std::function<void()>> doubled_;  // acts in progress
  std::vector<Thread> threads_;
  std::vector<uint32_t> ready_;  // ascending
  uint32_t current_ = 0;
  std::unordered_map<const void*, uint32_t> numbers_;
};

void FiberScheduler::Run::go(std::span<const SimulatedThread> threads) {
  assert(!threads.empty() && threads.size() <= most_threads);
  threads_.resize(threads.size());
  for (uint32_t i = 0; i < threads.size(); ++i) {
    threads_[i].worker = &workers_.worker(i);
    threads_[i].worker->work = this;
    threads_[i].simulated = &threads[i];
    ready_.push_back(i);
  }
  const uint32_t own_shard = thread_shard();
  set_schedule_of_thread(this);
  current_ = 0;
  if (ready_.size() > 1) {
    current_ = policy_.choose({ready_, no_thread, StepKind::relax});
    result.choices.push_back(current_);
  }
  set_thread_shard(current_);
  threads_[current_].worker->busy = true;
  Fiber::switch_to(*threads_[current_].worker->fiber, workers_.main);
  set_schedule_of_thread(nullptr);
  set_thread_shard(own_shard);
}

void FiberScheduler::Run::do_part(uint32_t number) {
  threads_[number].simulated->body();
  if (mutator_.is_active()) mutator_.thread_ends(number);
  threads_[number].ended = true;
  threads_[number].worker->busy = false;
  std::erase(ready_, number);
  hand_over();
}

uint32_t FiberScheduler::Run::step(StepKind kind, const void* object,
                                   SourceLocation where) noexcept {
  take(kind, object, where);
  return mutator_.is_active() ? mutator_.times(current_, kind, object, where) : 1;
}

// A step that is done twice is two, of which only the first is mutated: others may come in between.
void FiberScheduler::Run::keep_for_later(std::function<void()> act) noexcept {
  if (!mutator_.doubles()) return mutator_.keep(current_, std::move(act));
  const Thread& thread = threads_[current_];
  const StepKind kind = thread.doing;
  const void* const object = thread.object;
  const SourceLocation where = thread.where;
  // Not of the thread's stack, which is given up when the act never comes to its end.
  const auto doubled = doubled_.insert(doubled_.end(), std::move(act));
  (*doubled)();
  take(kind, object, where);
  (*doubled)();
  doubled_.erase(doubled);
}

void FiberScheduler::Run::take(StepKind kind, const void* object, SourceLocation where) {
  Thread& thread = threads_[current_];
  thread.doing = kind;
  thread.object = object;
  thread.where = where;
  if (++result.steps > limits_.steps) stop(RunEnd::livelock);
  if (ready_.size() > 1) give_way(kind);
  if (limits_.keep_trace) result.trace.push_back({current_, kind, number_of(object), where});
}

// The turn before a step of a thread that could go on.
void FiberScheduler::Run::give_way(StepKind kind) {
  const uint32_t next = policy_.choose({ready_, current_, kind});
  assert(std::ranges::count(ready_, next) == 1);
  result.choices.push_back(next);
  if (next == current_) return;
  ++result.preemptions;
  switch_to(next);
}

// The turn of a thread that cannot go on. Comes back when it can; never, when it has ended.
void FiberScheduler::Run::hand_over() {
  if (ready_.empty()) {
    if (!std::ranges::all_of(threads_, &Thread::ended)) return stop(RunEnd::deadlock);
    const bool keeps_lock =
        std::ranges::any_of(threads_, [](const Thread& thread) { return !thread.held.empty(); });
    return keeps_lock ? stop(RunEnd::kept_lock) : leave();
  }
  uint32_t next = ready_.front();
  if (ready_.size() > 1) {
    next = policy_.choose({ready_, no_thread, StepKind::relax});
    assert(std::ranges::count(ready_, next) == 1);
    result.choices.push_back(next);
  }
  if (next != current_) switch_to(next);
}

void FiberScheduler::Run::switch_to(uint32_t next) {
  Fiber& from = *threads_[current_].worker->fiber;
  current_ = next;
  set_thread_shard(next);
  threads_[next].worker->busy = true;
  Fiber::switch_to(*threads_[next].worker->fiber, from);
}

void FiberScheduler::Run::leave() {
  Fiber::switch_to(workers_.main, *threads_[current_].worker->fiber);
}

void FiberScheduler::Run::wait_while(std::atomic<uint32_t>& word, uint32_t value) noexcept {
  if (word.load() != value) return;
  threads_[current_].waits_for = &word;
  std::erase(ready_, current_);
  hand_over();
}

void FiberScheduler::Run::wake(std::atomic<uint32_t>& word, bool all) noexcept {
  for (uint32_t i = 0; i < threads_.size(); ++i) {
    if (threads_[i].waits_for != &word) continue;
    threads_[i].waits_for = nullptr;
    ready_.insert(std::ranges::lower_bound(ready_, i), i);
    if (!all) return;
  }
}

// As a rule the one taken last. A lock that is held by somebody else, or by nobody, lets two in.
void FiberScheduler::Run::has_unlocked(const void* lock) noexcept {
  std::vector<Held>& held = threads_[current_].held;
  const auto last = std::ranges::find(held.rbegin(), held.rend(), lock, &Held::lock);
  if (last == held.rend()) return stop(RunEnd::stray_unlock);
  held.erase(std::next(last).base());
}

void FiberScheduler::Run::stop(RunEnd end) {
  result.end = end;
  switch (end) {
    case RunEnd::deadlock:
      result.text = "nobody can go on";
      break;
    case RunEnd::livelock:
      result.text = fmt::format("nobody has come to an end after {} steps", limits_.steps);
      break;
    case RunEnd::stray_unlock:
      result.text = fmt::format("thread {} gives back what it does not hold", current_);
      break;
    case RunEnd::kept_lock:
    case RunEnd::completed:
      result.text = "all have ended, and a lock is kept for ever";
      break;
  }
  for (uint32_t i = 0; i < threads_.size(); ++i) {
    if (!threads_[i].ended || !threads_[i].held.empty()) result.text += "\n" + describe(i);
  }
  leave();
}

std::string FiberScheduler::Run::describe(uint32_t number) const {
  const Thread& thread = threads_[number];
  const char* state = thread.ended                  ? "has ended, after a step"
                      : thread.waits_for != nullptr ? "waits"
                                                    : "goes on";
  std::string text = fmt::format("  thread {} {} at {} ({})", number, state, place_of(thread.where),
                                 name_of(thread.doing));
  for (uint32_t other = 0; other < threads_.size(); ++other) {
    for (const Held& held : threads_[other].held) {
      if (thread.waits_for == nullptr || held.lock != thread.object) continue;
      text += fmt::format(", which {} holds since {}",
                          other == number ? "it" : fmt::format("thread {}", other),
                          place_of(held.where));
    }
  }
  for (const Held& held : thread.held) {
    text += fmt::format("; holds what it locked at {}", place_of(held.where));
  }
  return text;
}

uint32_t FiberScheduler::Run::number_of(const void* object) {
  return numbers_.try_emplace(object, static_cast<uint32_t>(numbers_.size())).first->second;
}

FiberScheduler::FiberScheduler(ScheduleLimits limits)
    : limits_(limits), workers_(std::make_unique<FiberWorkers>()) {}
FiberScheduler::~FiberScheduler() = default;

ScheduledRun FiberScheduler::run(std::span<const SimulatedThread> threads, SchedulePolicy& policy,
                                 const CoreMutation* mutation) {
  Run run(*workers_, limits_, policy, mutation);
  run_ = &run;
  run.go(threads);
  end_run_of_pthread_calls();
  run_ = nullptr;
  return std::move(run.result);
}

uint64_t FiberScheduler::steps() const { return run_ == nullptr ? 0 : run_->result.steps; }

const char* name_of(RunEnd end) {
  constexpr std::array<const char*, 5> names = {"completed", "deadlock", "livelock", "kept lock",
                                                "stray unlock"};
  return names[static_cast<size_t>(end)];
}

std::string to_text(const std::vector<StepTaken>& trace) {
  std::string text;
  for (size_t i = 0; i < trace.size(); ++i) {
    const StepTaken& step = trace[i];
    fmt::format_to(std::back_inserter(text), "{} thread {} {} object {} {}\n", i, step.thread,
                   name_of(step.kind), step.object, place_of(step.where));
  }
  return text;
}

}  // namespace daxlab
