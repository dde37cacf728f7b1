// The time of a fault, a read() or a write(), and now and then of its parts.
#pragma once

#include <optional>

#include "core/base/counters.h"
#include "core/base/timed_sample.h"
#include "core/base/trace.h"
#include "core/sync/schedule.h"

namespace daxlab {

// The parts of a call inside another's (a buffer that faults) are its own: of the other's they are
// all in one.
class TimedCall {
 public:
  TimedCall(Counters& counters, TimedCallKind kind) noexcept
      : counters_(counters), kind_(kind), timed_(timed_of(counters, kind)) {
    if (timed_.calls != 0) [[unlikely]]
      clock_.emplace();
    outer_ = PartClock::set_of_thread(clock_ && timed_.parts ? &*clock_ : nullptr);
  }
  ~TimedCall() {
    PartClock::set_of_thread(outer_);
    if (clock_) [[unlikely]]
      end();
  }
  TimedCall(const TimedCall&) = delete;
  TimedCall& operator=(const TimedCall&) = delete;

  // What the call was and how it ended, for the trace, if there is one.
  void tell(TraceEvent event) noexcept {
    if (counters_.trace() != nullptr && clock_) [[unlikely]]
      add_to_trace(event);
  }

  // Of the call so far, if it is timed: without what timing its parts takes.
  std::optional<uint64_t> total_ns() noexcept {
    if (!clock_) [[likely]]
      return std::nullopt;
    clock_->enter(TimePart::rest);
    return clock_->total_ns();
  }

 private:
  static TimedOf timed_of(Counters& counters, TimedCallKind kind) noexcept {
    const bool is_fault = kind == TimedCallKind::fault;
    const uint64_t before = counters.count(is_fault                      ? Counter::handler_calls
                                           : kind == TimedCallKind::read ? Counter::read_calls
                                                                         : Counter::write_calls);
    const TimedOf timed = is_fault ? timed_of_fault(before) : timed_of_call(before);
    // A simulated thread gives way to others in the same real one, in the middle of a part.
    const bool can_be = counters.keeps_times() && schedule_of_thread() == nullptr;
    if (!can_be) return {};
    if (counters.trace() != nullptr) [[unlikely]]
      return {1, true};
    return timed;
  }
  void add_to_trace(TraceEvent& event) noexcept;
  void end() noexcept {
    clock_->enter(TimePart::rest);
    PartTimes& times = counters_.part_times();
    if (timed_.parts) {
      times.add(kind_, *clock_, timed_.calls);
    } else {
      times.add_whole(kind_, clock_->total_ns(), timed_.calls);
    }
  }

  Counters& counters_;
  const TimedCallKind kind_;
  const TimedOf timed_;
  std::optional<PartClock> clock_;
  PartClock* outer_;
};

// Each fault is timed as a whole: it takes a hundred times as long as to read the clock.
class TimedFault {
 public:
  explicit TimedFault(Counters& counters) noexcept
      : counters_(counters), start_ns_(counters.keeps_times() ? now_ns() : 0) {}
  ~TimedFault() {
    if (start_ns_ == 0) return;
    const std::optional<uint64_t> without_timing = call_.total_ns();
    counters_.add_fault(without_timing ? *without_timing : now_ns() - start_ns_);
  }
  void tell(const TraceEvent& event) noexcept { call_.tell(event); }
  TimedFault(const TimedFault&) = delete;
  TimedFault& operator=(const TimedFault&) = delete;

 private:
  Counters& counters_;
  const uint64_t start_ns_;  // 0: times are not kept
  TimedCall call_{counters_, TimedCallKind::fault};
};

}  // namespace daxlab
