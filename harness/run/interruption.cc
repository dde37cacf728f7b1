#include "harness/run/interruption.h"

#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>

#include <cerrno>

#include "core/base/errno_status.h"

namespace daxlab {

ErrorOr<Interruption> Interruption::catch_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  if (sigprocmask(SIG_BLOCK, &signals, nullptr) != 0) return error_from_errno("sigprocmask", errno);
  OwnedDescriptor fd(signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!fd.is_open()) return error_from_errno("signalfd", errno);
  return Interruption(std::move(fd));
}

bool Interruption::requested() const {
  pollfd wait{fd_.number(), POLLIN, 0};
  return poll(&wait, 1, 0) == 1;
}

}  // namespace daxlab
