#include "harness/run/interruption.h"

#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>

#include <cerrno>

#include "core/base/errno_status.h"

namespace daxlab {
namespace {

// nohup ignores it, so that a terminal that goes away ends nothing.
bool is_ignored(int signal_number) {
  struct sigaction action {};
  return sigaction(signal_number, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

}  // namespace

ErrorOr<Interruption> Interruption::catch_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  // A blocked signal comes through a signalfd even where it is ignored.
  if (!is_ignored(SIGHUP)) sigaddset(&signals, SIGHUP);
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
