// A request to stop (Ctrl-C, SIGTERM, a terminal that is closed) as a descriptor that can be waited
// for: nothing is missed between a check and a wait.
#pragma once

#include "core/base/error_or.h"
#include "core/base/owned_descriptor.h"

namespace daxlab {

class Interruption {
 public:
  // From now on SIGINT, SIGTERM and SIGHUP, unless that one is ignored (nohup), do nothing but make
  // fd() readable. Once in a process, while it has one thread.
  static ErrorOr<Interruption> catch_signals();

  int fd() const { return fd_.number(); }
  bool requested() const;  // does not wait

 private:
  explicit Interruption(OwnedDescriptor fd) : fd_(std::move(fd)) {}
  OwnedDescriptor fd_;
};

}  // namespace daxlab
