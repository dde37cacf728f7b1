#include "core/base/bus_error.h"

#include <csignal>
#include <cstdlib>
#include <mutex>
#include <optional>

#include "core/base/user_memory.h"

namespace daxlab {

constinit thread_local sigjmp_buf* bus_error_escape = nullptr;
constinit thread_local BusError survived_bus_error{};

namespace {

// Written before the handler can run.
struct sigaction earlier_bus, earlier_segv;

constinit std::atomic<uint32_t> times_forgotten{0};

void pass_on(int signal, siginfo_t* info, void* context) {
  const struct sigaction& earlier = signal == SIGBUS ? earlier_bus : earlier_segv;
  if ((earlier.sa_flags & SA_SIGINFO) != 0) {
    earlier.sa_sigaction(signal, info, context);
    return;
  }
  if (earlier.sa_handler != SIG_DFL && earlier.sa_handler != SIG_IGN) {
    earlier.sa_handler(signal);
    return;
  }
  // On return the access faults again and the default happens; what was sent and not raised by an
  // access has to be sent again, or is ignored while faults go on reaching us.
  const bool sent = info->si_code <= 0;
  if (sent && earlier.sa_handler == SIG_IGN) return;
  ::sigaction(signal, &earlier, nullptr);
  if (sent) std::raise(signal);
}

void on_fault_signal(int signal, siginfo_t* info, void* context) {
  if (skip_user_access(*info, context)) return;
  sigjmp_buf* const escape = signal == SIGBUS ? bus_error_escape : nullptr;
  const bool raised_by_access = info->si_code > 0;
  if (escape != nullptr && raised_by_access) {
    survived_bus_error = bus_error_of(*info, context);
    siglongjmp(*escape, 1);
  }
  pass_on(signal, info, context);
}

// A stack that has overflowed has no room for a handler: whoever had its own on another stack finds
// ours there, too, and then its own.
bool install(int signal, struct sigaction& earlier, int kept_flags) {
  struct sigaction ours = {};
  ours.sa_sigaction = on_fault_signal;
  sigemptyset(&ours.sa_mask);
  // Read before ours is in place: another thread could fault in between.
  if (::sigaction(signal, nullptr, &earlier) != 0) return false;
  ours.sa_flags = SA_SIGINFO | SA_NODEFER | (earlier.sa_flags & kept_flags);
  return ::sigaction(signal, &ours, nullptr) == 0;
}

}  // namespace

void install_fault_handlers() {
  static constinit std::mutex installing;
  static constinit std::optional<uint32_t> installed_when_forgotten;
  const std::lock_guard<std::mutex> lock(installing);
  if (installed_when_forgotten == times_forgotten.load()) return;
  // Not on another stack where a jump leaves the handler: sanitizers would lose sight of it.
  const bool installed =
      install(SIGBUS, earlier_bus, 0) && install(SIGSEGV, earlier_segv, SA_ONSTACK);
  if (!installed) std::abort();  // only wrong arguments can do that
  installed_when_forgotten = times_forgotten.load();
}

void forget_fault_handlers() { times_forgotten.fetch_add(1); }

uint32_t times_fault_handlers_were_forgotten() { return times_forgotten.load(); }

}  // namespace daxlab
