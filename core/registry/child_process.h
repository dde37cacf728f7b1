// Runs a function in a forked child, with a limit on its time, and tells what it wrote and how it
// ended: for code that may crash, hang or exit.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "core/base/error_or.h"

namespace daxlab {

struct ChildOutcome {
  std::string written;               // what it sent before its end
  bool timed_out = false;            // it was killed at the limit
  std::optional<int> exit_status;    // it exited by itself
  std::optional<int> signal_number;  // it was killed by a signal; not when timed_out
  std::string describe_end() const;  // "was killed by SIGSEGV", "exited with status 0", ...
};

// Calls `body` with a descriptor to write to. When it returns, the child exits with status 0;
// when it throws, the child aborts; nothing that the parent registered to run at exit runs in it.
// Signals have their defaults there, standard input and output are empty, cores are not dumped.
// Descriptors are closed but for those of the standard streams and `kept` (-1: none). The calling
// process has, at best, one thread. The error: there was no child, or it has not begun with `body`.
ErrorOr<ChildOutcome> run_in_child(const std::function<void(int descriptor)>& body,
                                   std::chrono::milliseconds time_limit, int kept = -1);

}  // namespace daxlab
