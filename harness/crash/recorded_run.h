// A program of several threads, run on a lab, and all that its region was told meanwhile.
#pragma once

#include <cstddef>
#include <vector>

#include "harness/crash/persist_trace.h"
#include "harness/histories/concurrent.h"

namespace daxlab {

// Recorded from when the program's files had been made (as holes of its file_pages) and its views
// mapped. The marks in the trace number the events; an event without its second mark was in flight
// when the run ended. Answers (code, count_bytes) are as they came; of one in flight, as if it had
// been ok and whole. Tickets are not used: the marks' order in the trace is.
struct RecordedRun {
  ConcurrentProgram program;
  std::vector<Event> events;
  std::vector<std::byte> before;  // the region when the recording began
  PersistTrace trace;
};

}  // namespace daxlab
