// A history as it happened on a lab, and all that its region was told meanwhile.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/lab/lab.h"
#include "daxlab/status.h"
#include "harness/crash/persist_trace.h"
#include "harness/histories/history.h"

namespace daxlab {

struct RecordedOp {
  Op op;                           // with the length that it returned
  ErrorCode code = ErrorCode::ok;  // otherwise nothing has changed
  bool failed() const { return code != ErrorCode::ok; }
};

struct RecordedHistory {
  uint64_t seed = 0;
  std::vector<RecordedOp> ops;    // the marks in the trace number them
  std::vector<std::byte> before;  // the region when it began
  PersistTrace trace;
};

// The lab is fresh, without files, and observed by the recorder. Its free blocks are filled
// with garbage first. One thread.
RecordedHistory record_history(Lab& lab, PersistRecorder& recorder, const History& history);

}  // namespace daxlab
