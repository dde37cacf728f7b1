#include "core/engine/mmu/fault_delivery.h"

#include <pthread.h>
#include <signal.h>
#include <ucontext.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <mutex>

#include "core/base/bus_error.h"
#include "core/base/errno_status.h"
#include "core/base/user_memory.h"
#include "core/sync/sync.h"

namespace daxlab {
namespace {

// What a process can only have once.
struct Process {
  std::array<std::atomic<FaultTarget*>, 16> targets{};
  std::atomic<uint32_t> in_handlers{0};
  struct sigaction previous_segv {};
  struct sigaction previous_bus {};
};
constinit Process process;

// Faults inside the handler: a strategy touched bad memory, or a mapping. Initial-exec: no
// allocation.
constinit thread_local uint32_t depth __attribute__((tls_model("initial-exec"))) = 0;

// False when there is no handler to call.
bool call_handler(const struct sigaction& action, int signal_number, siginfo_t* info,
                  void* context) {
  if ((action.sa_flags & SA_SIGINFO) != 0) {
    action.sa_sigaction(signal_number, info, context);
    return true;
  }
  if (action.sa_handler == SIG_DFL || action.sa_handler == SIG_IGN) return false;
  action.sa_handler(signal_number);
  return true;
}

// A fault of somebody else's: what would have happened without us. Once the default disposition is
// back, the repeated access runs into it.
void pass_on(int signal_number, siginfo_t* info, void* context) {
  const struct sigaction& previous =
      signal_number == SIGBUS ? process.previous_bus : process.previous_segv;
  if (call_handler(previous, signal_number, info, context)) return;
  // A sent one has no access that would be repeated; if it is ignored, our faults must go on
  // reaching us.
  bool sent = info->si_code <= 0;
  if (sent && (previous.sa_flags & SA_SIGINFO) == 0 && previous.sa_handler == SIG_IGN) return;
  signal(signal_number, SIG_DFL);
  if (sent) raise(signal_number);
}

void on_fault(int signal_number, siginfo_t* info, void* context);

// A fault of ours gets SIGBUS, even if it came as SIGSEGV: so repeating the access would not bring
// SIGBUS again, and where no handler takes it we must raise it.
void raise_bus_error(siginfo_t* info, void* context, bool lost) {
  siginfo_t bus = *info;
  bus.si_signo = SIGBUS;
  bus.si_code = lost ? BUS_MCEERR_AR : BUS_ADRERR;
  if (lost) bus.si_addr_lsb = 12;  // a page is the least that can be lost
  struct sigaction now {};
  sigaction(SIGBUS, nullptr, &now);
  bool ours = (now.sa_flags & SA_SIGINFO) != 0 && now.sa_sigaction == on_fault;
  bool handled = call_handler(ours ? process.previous_bus : now, SIGBUS, &bus, context);
  sigaction(SIGBUS, nullptr, &now);
  bool given_up = (now.sa_flags & SA_SIGINFO) == 0 && now.sa_handler == SIG_DFL;
  if (handled && !given_up) return;
  signal(SIGBUS, SIG_DFL);
  raise(SIGBUS);
}

Delivery ask_targets(uint64_t address, bool write) {
  for (std::atomic<FaultTarget*>& slot : process.targets) {
    FaultTarget* target = slot.load(std::memory_order_acquire);
    if (target == nullptr) continue;
    Delivery delivery = target->deliver(address, write);
    if (delivery != Delivery::not_mine) return delivery;
  }
  return Delivery::not_mine;
}

// SIGBUS for a read of a hole, SIGSEGV for a store to a read-only page. Neither signal tells reads
// from stores on an absent page; bit 1 of the processor's error code does.
void on_fault(int signal_number, siginfo_t* info, void* context) {
  int saved_errno = errno;
  Delivery delivery = Delivery::not_mine;
  if (depth == 0 && info->si_code > 0) {  // else sent by somebody, with no address
    const auto* registers = static_cast<const ucontext_t*>(context);
    bool write = (registers->uc_mcontext.gregs[REG_ERR] & 2) != 0;
    ++depth;
    process.in_handlers.fetch_add(1);
    delivery = ask_targets(reinterpret_cast<uint64_t>(info->si_addr), write);
    if (process.in_handlers.fetch_sub(1) == 1) wake_all(process.in_handlers);
    --depth;
  }
  errno = saved_errno;
  // The core's own copy to or from a buffer: whoever made it says so, and no handler is asked.
  if (delivery != Delivery::resolved && skip_user_access(*info, context)) return;
  // Nothing is held from here on: a handler of the program may leave by siglongjmp.
  if (delivery == Delivery::bus_error || delivery == Delivery::lost) {
    return raise_bus_error(info, context, delivery == Delivery::lost);
  }
  if (delivery == Delivery::not_mine) pass_on(signal_number, info, context);
}

template <class Call>
void for_each_target(Call call) {
  for (std::atomic<FaultTarget*>& slot : process.targets) {
    if (FaultTarget* target = slot.load()) call(*target);
  }
}

void before_fork() {
  for_each_target([](FaultTarget& target) { target.before_fork(); });
}
void after_fork_in_parent() {
  for_each_target([](FaultTarget& target) { target.after_fork(false); });
}
void after_fork_in_child() {
  process.in_handlers.store(0);  // handlers of threads that the child does not have
  for_each_target([](FaultTarget& target) { target.after_fork(true); });
}

// Once, and once more in a child that has its own dispositions.
std::optional<Error> install() {
  static constinit std::mutex installing;
  static constinit std::optional<uint32_t> installed_when_forgotten;
  const std::lock_guard<std::mutex> lock(installing);
  if (installed_when_forgotten == times_fault_handlers_were_forgotten()) return std::nullopt;
  if (!installed_when_forgotten) {  // else forks are known
    if (int failed = pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child)) {
      return error_from_errno("pthread_atfork", failed);
    }
  }
  struct sigaction action {};
  action.sa_sigaction = on_fault;
  sigemptyset(&action.sa_mask);
  // On the thread's own stack: small alternate stacks (2 KiB) cannot hold a frame with AVX-512
  // state.
  action.sa_flags = SA_SIGINFO | SA_NODEFER;
  if (sigaction(SIGSEGV, &action, &process.previous_segv) != 0 ||
      sigaction(SIGBUS, &action, &process.previous_bus) != 0) {
    return error_from_errno("signal handlers for page faults", errno);
  }
  installed_when_forgotten = times_fault_handlers_were_forgotten();
  return std::nullopt;
}

bool still_ours(int signal_number) {
  struct sigaction now {};
  sigaction(signal_number, nullptr, &now);
  return (now.sa_flags & SA_SIGINFO) != 0 && now.sa_sigaction == on_fault;
}

}  // namespace

std::optional<Error> add_fault_target(FaultTarget& target) {
  if (auto failed = install()) return failed;
  if (!still_ours(SIGSEGV) || !still_ours(SIGBUS)) {
    return Error{
        "another handler of SIGSEGV or SIGBUS was installed after daxlab's and would take its page "
        "faults; "
        "install that one before the first lab"};
  }
  unblock_fault_signals();
  for (std::atomic<FaultTarget*>& slot : process.targets) {
    FaultTarget* expected = nullptr;
    if (slot.compare_exchange_strong(expected, &target)) return std::nullopt;
  }
  return Error{"more than 16 labs with engine mmu in one process; close some"};
}

void remove_fault_target(FaultTarget& target) {
  for (std::atomic<FaultTarget*>& slot : process.targets) {
    FaultTarget* expected = &target;
    slot.compare_exchange_strong(expected, nullptr);
  }
  for (uint32_t now = process.in_handlers.load(); now != 0; now = process.in_handlers.load()) {
    wait_while(process.in_handlers, now);
  }
}

void unblock_fault_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGSEGV);
  sigaddset(&signals, SIGBUS);
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
}

}  // namespace daxlab
