// A request to stop (Ctrl-C, SIGTERM) as a descriptor that can be waited for: nothing is missed
// between a check and a wait.
#pragma once

#include "core/base/error_or.h"
#include "harness/run/owned_fd.h"

namespace daxlab {

class Interruption {
 public:
  // From now on SIGINT and SIGTERM do nothing but make fd() readable. Once in a process, while it
  // has one thread.
  static ErrorOr<Interruption> catch_signals();

  int fd() const { return fd_.get(); }
  bool requested() const;  // does not wait

 private:
  explicit Interruption(OwnedFd fd) : fd_(std::move(fd)) {}
  OwnedFd fd_;
};

}  // namespace daxlab
