// Surviving SIGBUS: what a load or store past the end of a file, or into a hole of a full file
// system, raises in the thread that made it.
#pragma once

#include <atomic>
#include <cerrno>
#include <csetjmp>
#include <cstdint>

#include "core/base/bus_error_words.h"

namespace daxlab {

// Installs the process's handlers of SIGBUS and SIGSEGV, which know the accesses of
// core/base/user_memory.h, and SIGBUS below; later calls do nothing. Any thread, but before an
// engine installs handlers of its own, which then pass on what is not their own. A fault that
// nobody waits for goes to the handler that was there before, or ends the process as it would have.
void install_fault_handlers();

// For a child after fork that has put other dispositions in place of its parent's, before it has
// threads: what it inherited as installed is not there, neither ours nor an engine's. So whoever
// installs handlers once does it again when the number of these calls has changed.
void forget_fault_handlers();
uint32_t times_fault_handlers_were_forgotten();

// Where the calling thread goes on after a bus error; nullptr: nowhere. Initial-exec, because a
// signal handler must not be the first to touch it in a thread and allocate.
extern constinit thread_local sigjmp_buf* bus_error_escape
    __attribute__((tls_model("initial-exec")));

// The one that the calling thread last survived.
extern constinit thread_local BusError survived_bus_error
    __attribute__((tls_model("initial-exec")));

// ThreadSanitizer runs handlers with all signals blocked: there the jump has to restore the mask.
// Elsewhere our handler blocks none (SA_NODEFER), and not saving a mask saves a system call.
#if defined(__SANITIZE_THREAD__)
inline constexpr int saved_signal_mask = 1;
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
inline constexpr int saved_signal_mask = 1;
#else
inline constexpr int saved_signal_mask = 0;
#endif
#else
inline constexpr int saved_signal_mask = 0;
#endif

// Runs access(); false if it raised SIGBUS and was left half-way. Any thread, nests. No destructor
// may be pending in `access` when it touches the memory, and what it changes before is undefined
// when false is returned. install_fault_handlers() has been called.
template <class Access>
[[gnu::noinline]] bool survives_bus_error(const Access& access) {
  sigjmp_buf escape;
  sigjmp_buf* const outer = bus_error_escape;
  const int saved_errno = errno;  // the handlers on the way may have changed it
  if (sigsetjmp(escape, saved_signal_mask) != 0) {
    bus_error_escape = outer;
    errno = saved_errno;
    return false;
  }
  bus_error_escape = &escape;
  std::atomic_signal_fence(std::memory_order_seq_cst);  // else the compiler drops the first store
  access();
  std::atomic_signal_fence(std::memory_order_seq_cst);
  bus_error_escape = outer;
  return true;
}

}  // namespace daxlab
