// Signals to fault targets. The process has one SIGSEGV and one SIGBUS handler, so this file keeps
// the one list that such a handler can find.
#pragma once

#include <cstdint>
#include <optional>

#include "core/base/error_or.h"

namespace daxlab {

enum class Delivery : uint32_t {
  not_mine,   // the address belongs to somebody else
  resolved,   // repeat the access
  bus_error,  // give the access a SIGBUS
  lost,       // the same, with the code that Linux gives for memory that is lost
};

class FaultTarget {
 public:
  // In the thread that faulted, in signal context, errno saved by the caller.
  virtual Delivery deliver(uint64_t address, bool write) noexcept = 0;
  // Around fork, in the thread that forks: the list of mappings stands still from before to after.
  virtual void before_fork() noexcept = 0;
  // The child has no userfaultfd but shares written blocks: there, make the addresses dead.
  virtual void after_fork(bool in_child) noexcept = 0;

 protected:
  ~FaultTarget() = default;
};

// Not signal-safe. Errors: too many targets (16) at once; somebody replaced our handlers since the
// first target, and would get our faults.
std::optional<Error> add_fault_target(FaultTarget& target);
// Returns when no thread is in the target any more.
void remove_fault_target(FaultTarget& target);

// Lets SIGSEGV and SIGBUS reach the calling thread: a fault taken with its signal blocked ends the
// process.
void unblock_fault_signals();

}  // namespace daxlab
