#include "core/dax/timed_call.h"

#include <algorithm>
#include <cstdint>

namespace daxlab {

void TimedCall::add_to_trace(TraceEvent& event) noexcept {
  clock_->enter(TimePart::rest);
  event.begin_ns = clock_->begin_ns();
  for (size_t part = 0; part < part_count; ++part) {
    event.part_ns[part] = static_cast<uint32_t>(
        std::min<uint64_t>(clock_->ns(static_cast<TimePart>(part)), UINT32_MAX));
  }
  event.took_ns = now_ns() - event.begin_ns;
  counters_.trace()->add(event);
  clock_->leave_out();  // what tracing takes is not the call's
}

}  // namespace daxlab
