// The one line that says why a cell's process gave no result.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "core/base/call_log.h"
#include "harness/run/call_watch.h"
#include "harness/workloads/failure.h"

namespace daxlab {

// What kind of mistake it was.
enum class ExitKind : uint32_t {
  unsafe_answer,
  lock_held,
  unsafe_call,
  arena_overrun,
  crash,
  killed,  // by the kernel, for want of memory
  hang,
  ended,  // by itself, where it should not have
};
const char* name_of(ExitKind kind);  // "lock held"
// As results and continuous integration tell failures apart.
FailureKind failure_kind(ExitKind kind);

// How a process ended, for describe_exit: the status of waitpid, or the time limit.
struct ExitCause {
  bool at_time_limit = false;
  std::chrono::nanoseconds time_limit{};
  int wait_status = 0;
  bool sent_garbage = false;    // a message that is not understood
  std::string killed_for = {};  // what MemoryKillWatch::cause() says of a SIGKILL
  std::optional<StuckCall> stuck = {};
};

ExitKind kind_of(const ExitCause& cause, const CallLog& log);

// "alloc plugin 'x' (path): still in allocate at the time limit of 20 s". Blames a plugin only when
// `log` shows one. `plugin_of` as in CellProcessSpec.
std::string describe_exit(const ExitCause& cause, const CallLog& log,
                          const std::function<std::string(PluginCallback)>& plugin_of);

// "20 s", "1.5 s", "250 ms"
std::string format_time_limit(std::chrono::nanoseconds limit);

}  // namespace daxlab
