#include "core/dax/timed_call.h"

namespace daxlab {

void TimedCall::add_to_trace(TraceEvent& event) noexcept {
  clock_->enter(TimePart::rest);
  event.begin_ns = clock_->begin_ns();
  for (size_t part = 0; part < part_count; ++part) {
    event.part_ns[part] = static_cast<uint32_t>(clock_->ns(static_cast<TimePart>(part)));
  }
  event.took_ns = now_ns() - event.begin_ns;
  counters_.trace()->add(event);
}

}  // namespace daxlab
