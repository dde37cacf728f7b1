// The trace of one run, in memory that its process shares with the parent: what has been traced
// when the process crashes is there.
#pragma once

#include <sys/types.h>

#include <memory>
#include <optional>

#include "core/base/error_or.h"
#include "core/base/trace.h"

namespace daxlab {

class CellTrace {
 public:
  // Before the process is started. Takes memory as events come. The error: there is no memory.
  static ErrorOr<std::unique_ptr<CellTrace>> make();
  ~CellTrace();
  CellTrace(const CellTrace&) = delete;
  CellTrace& operator=(const CellTrace&) = delete;

  // That process has been started. Later ones do not get the memory.
  std::optional<Error> is_of(pid_t process);
  pid_t process() const { return process_; }
  Trace& trace() { return *trace_; }
  const Trace& trace() const { return *trace_; }

 private:
  explicit CellTrace(Trace* trace) : trace_(trace) {}
  Trace* trace_;
  pid_t process_ = 0;
};

}  // namespace daxlab
