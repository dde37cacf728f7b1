// Crashes at every moment of a recorded history that can matter, each recovered from and judged.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "harness/crash/crash_verdict.h"
#include "harness/crash/persist_trace.h"
#include "harness/crash/recorded_history.h"

namespace daxlab {

struct CrashPlan {
  bool atomic_writes = false;  // the history's write strategy promises them
  // At each moment, besides the image without any unfenced line, that many others.
  uint64_t subsets = 3;
  // Of the recoveries that stored something, so many are crashed themselves, at each of their
  // fences.
  uint64_t cut_recoveries = 8;
};

// Just before each fence, and when an operation in which something was stored, or that promises to
// sync, has returned: on a copy of the region in plain memory, with the library's own recovery. The
// finding says seed, operation and moment. Some tens of thousands of images a second.
CrashVerdict check_crashes(const RecordedHistory& history, const CrashPlan& plan);
// The same for another trace in place of the history's: a mutated one.
CrashVerdict check_crashes(const RecordedHistory& history, const Trace& trace,
                           const CrashPlan& plan);

// The first flush of something that no store in the trace explains: a store that went past the
// persist interface. For traces in which all stores are seen.
std::optional<std::string> find_unrecorded_store(const RecordedHistory& history);

}  // namespace daxlab
