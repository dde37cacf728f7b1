// The process of a cell as its parent holds it: made by fork, connected by a socket and a pipe.
#pragma once

#include <sys/types.h>

#include <functional>
#include <memory>

#include "core/base/call_log.h"
#include "core/base/error_or.h"
#include "core/base/owned_descriptor.h"
#include "harness/run/channel.h"

namespace daxlab {

class CellFork {
 public:
  // Runs in the child, which exits when it returns; what it throws ends the child.
  using Body = std::function<void(CellChannel&, CallLog&)>;

  // The caller has one thread. The child keeps no descriptor of its parent but its own end of the
  // channel, and none of the memory that other cells share with it: cells that run at once do not
  // reach each other. The error: out of processes, descriptors or memory.
  static ErrorOr<std::unique_ptr<CellFork>> start(const Body& body);
  ~CellFork();  // a child that was not reaped is killed
  CellFork(const CellFork&) = delete;
  CellFork& operator=(const CellFork&) = delete;

  pid_t process() const { return process_; }
  const CallLog& log() const { return *log_; }  // shared with the child
  int reap();                                   // waits for its end; the status of waitpid
  void kill();

  OwnedDescriptor pidfd;    // readable when the child has ended
  OwnedDescriptor channel;  // the parent's end
  OwnedDescriptor output;   // what the child prints; reading does not wait

 private:
  explicit CellFork(CallLog* log) : log_(log) {}
  CallLog* log_;
  pid_t process_ = -1;  // -1: not started, or reaped
};

}  // namespace daxlab
