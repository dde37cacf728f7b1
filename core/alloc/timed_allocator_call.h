// A call of the allocator plugin: counted, and now and then timed.
#pragma once

#include "core/base/counters.h"
#include "core/base/timed_sample.h"

namespace daxlab {

// Reading the clock twice costs as much as some allocators do.
class TimedAllocatorCall {
 public:
  explicit TimedAllocatorCall(Counters& counters) noexcept
      : counters_(counters), start_ns_(is_timed(counters) ? now_ns() : 0) {}
  ~TimedAllocatorCall() {
    if (start_ns_ == 0) return;
    counters_.add(Counter::alloc_ns, now_ns() - start_ns_);
    counters_.add(Counter::timed_alloc_calls);
  }
  TimedAllocatorCall(const TimedAllocatorCall&) = delete;
  TimedAllocatorCall& operator=(const TimedAllocatorCall&) = delete;

 private:
  static bool is_timed(Counters& counters) noexcept {
    const uint64_t before = counters.count(Counter::alloc_calls);
    return before % allocator_calls_one_in == 0 && counters.keeps_times();
  }

  Counters& counters_;
  uint64_t start_ns_;  // 0: not timed
  const InPart in_part_{TimePart::allocator};
};

}  // namespace daxlab
