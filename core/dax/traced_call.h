// A call of which nothing but its whole is of interest, and that to a trace alone.
#pragma once

#include "core/base/clock.h"
#include "core/base/trace.h"
#include "daxlab/status.h"
#include "daxlab/types.h"

namespace daxlab {

// What call() answers, a Status or a Result.
template <class Call>
auto traced(const Counters& counters, TraceKind kind, ByteRange range, const Call& call) {
  if (counters.trace() == nullptr || !counters.keeps_times()) [[likely]]
    return call();
  TraceEvent event{.kind = kind,
                   .begin_ns = now_ns(),
                   .offset_bytes = range.offset_bytes,
                   .length_bytes = range.length_bytes};
  auto answer = call();
  event.took_ns = now_ns() - event.begin_ns;
  event.result = static_cast<uint32_t>(answer.code());
  counters.trace()->add(event);
  return answer;
}

}  // namespace daxlab
