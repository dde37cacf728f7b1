// The one line that says why a cell's process gave no result.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "core/base/call_log.h"
#include "harness/workloads/failure.h"

namespace daxlab {

// How a process ended, for failure_of_exit: the status of waitpid, or the time limit.
struct ExitCause {
  bool at_time_limit = false;
  std::chrono::nanoseconds time_limit{};
  int wait_status = 0;
  bool sent_garbage = false;  // a message that is not understood
  std::string killed_for;     // what MemoryKillWatch::cause() says of a SIGKILL
};

// "alloc plugin 'x' (path): still in allocate at the time limit of 20 s". Blames a plugin only when
// `log` shows one. `plugin_of` as in CellProcessSpec.
Failure failure_of_exit(const ExitCause& cause, const CallLog& log,
                        const std::function<std::string(PluginCallback)>& plugin_of);

// "20 s", "1.5 s", "250 ms"
std::string format_time_limit(std::chrono::nanoseconds limit);

}  // namespace daxlab
