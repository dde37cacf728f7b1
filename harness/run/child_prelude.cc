#include "harness/run/child_prelude.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>

#include "core/base/bus_error.h"

namespace daxlab {
namespace {

constexpr std::array fatal_signals = {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL};

// Set once in the child before it has threads or plugins; a handler can be given nothing else.
CallLog* log_of_this_process = nullptr;

// The processor's error code of a page fault says whether it was a store.
void note_crash(CallLog& log, int signal_number, const siginfo_t& info, const ucontext_t& context) {
  CallLog::Crash& crash = log.crash;
  uint32_t nobody = 0;
  if (!crash.written.compare_exchange_strong(nobody, 1)) return;
  const auto at = static_cast<uintptr_t>(context.uc_mcontext.gregs[REG_RIP]);
  if (info.si_code <= 0) return;  // sent, by abort() as a rule: where is known to nobody
  crash.place = place_of_call(reinterpret_cast<const void*>(at + 1));
  crash.is_access = (signal_number == SIGSEGV || signal_number == SIGBUS) && info.si_code > 0;
  if (!crash.is_access) return;
  crash.address = reinterpret_cast<uint64_t>(info.si_addr);
  crash.is_store = (context.uc_mcontext.gregs[REG_ERR] & 2) != 0;
}

// An engine calls this for faults that are not its own, so nothing here relies on how the kernel
// would have entered it: mark, restore the default, die of the same signal.
void note_and_die(int signal_number, siginfo_t* info, void* context) {
  log_of_this_process->mark_crashed();
  if (signal_number == SIGBUS) log_of_this_process->keep_bus_error(bus_error_of(*info, context));
  note_crash(*log_of_this_process, signal_number, *info, *static_cast<ucontext_t*>(context));
  struct sigaction default_action {};
  default_action.sa_handler = SIG_DFL;
  sigaction(signal_number, &default_action, nullptr);
  sigset_t unblocked;
  sigemptyset(&unblocked);
  sigaddset(&unblocked, signal_number);
  pthread_sigmask(SIG_UNBLOCK, &unblocked, nullptr);
  syscall(SYS_tgkill, getpid(), syscall(SYS_gettid), signal_number);
}

bool catch_fatal_signals(CallLog& log) {
  log_of_this_process = &log;
  // A stack overflow leaves no room for a handler on the thread's own stack.
  alignas(16) static std::array<std::byte, size_t{64} << 10> stack;
  stack_t alternate{};
  alternate.ss_sp = stack.data();
  alternate.ss_size = stack.size();
  if (sigaltstack(&alternate, nullptr) != 0) return false;
  struct sigaction action {};
  action.sa_sigaction = note_and_die;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  for (const int signal_number : fatal_signals) {
    if (sigaction(signal_number, &action, nullptr) != 0) return false;
  }
  forget_fault_handlers();  // the cell's lab puts them before this one
  return true;
}

}  // namespace

bool become_cell_process(pid_t parent, int output, CallLog& log) {
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return false;
  if (getppid() != parent) raise(SIGKILL);  // it died before the line above
  const int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (nothing < 0 || dup2(nothing, STDIN_FILENO) < 0) return false;
  if (dup2(output, STDOUT_FILENO) < 0 || dup2(output, STDERR_FILENO) < 0) return false;
  const rlimit no_core{0, 0};
  if (setrlimit(RLIMIT_CORE, &no_core) != 0) return false;
  sigset_t none;
  sigemptyset(&none);
  if (pthread_sigmask(SIG_SETMASK, &none, nullptr) != 0) return false;
  return catch_fatal_signals(log);
}

}  // namespace daxlab
