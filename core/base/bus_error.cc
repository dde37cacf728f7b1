#include "core/base/bus_error.h"

#include <csignal>
#include <cstdlib>
#include <mutex>

namespace daxlab {

constinit thread_local sigjmp_buf* bus_error_escape = nullptr;

namespace {

struct sigaction earlier;  // written once, before the handler can run

void pass_on(int signal, siginfo_t* info, void* context) {
  if ((earlier.sa_flags & SA_SIGINFO) != 0) {
    earlier.sa_sigaction(signal, info, context);
    return;
  }
  if (earlier.sa_handler != SIG_DFL && earlier.sa_handler != SIG_IGN) {
    earlier.sa_handler(signal);
    return;
  }
  // On return the access faults again and the default happens; what was sent and not raised by an
  // access has to be sent again.
  ::sigaction(SIGBUS, &earlier, nullptr);
  if (info->si_code <= 0) std::raise(signal);
}

void on_bus_error(int signal, siginfo_t* info, void* context) {
  sigjmp_buf* const escape = bus_error_escape;
  const bool raised_by_access = info->si_code > 0;
  if (escape != nullptr && raised_by_access) siglongjmp(*escape, 1);
  pass_on(signal, info, context);
}

}  // namespace

void install_bus_error_handler() {
  static std::once_flag once;
  std::call_once(once, [] {
    struct sigaction ours = {};
    ours.sa_sigaction = on_bus_error;
    ours.sa_flags = SA_SIGINFO | SA_NODEFER;
    sigemptyset(&ours.sa_mask);
    // Read before ours is in place: another thread could fault in between.
    const bool installed =
        ::sigaction(SIGBUS, nullptr, &earlier) == 0 && ::sigaction(SIGBUS, &ours, nullptr) == 0;
    if (!installed) std::abort();  // only wrong arguments can do that
  });
}

}  // namespace daxlab
