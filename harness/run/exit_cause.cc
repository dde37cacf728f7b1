#include "harness/run/exit_cause.h"

#include <fmt/format.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

namespace daxlab {
namespace {

std::string signal_name(int signal_number) {
  const char* name = sigabbrev_np(signal_number);
  return name != nullptr ? fmt::format("SIG{}", name) : fmt::format("signal {}", signal_number);
}

// Only a callback whose own thread took the signal: others were merely running when it came.
PluginCallback crashed_callback(const CallLog& log) {
  for (const CallLog::Slot& slot : log.slots) {
    if (slot.crashed.load() != 0) return slot.callback.load();
  }
  return PluginCallback::none;
}

// What a plugin answered explains an end better than the signal that came of it.
std::string describe_unsafe(const CallLog::UnsafeAnswer& answer,
                            const std::function<std::string(PluginCallback)>& plugin_of) {
  const std::string text = answer.text.data();
  if (answer.callback == PluginCallback::none) return text;
  return fmt::format("{}: {} {}", plugin_of(answer.callback), function_of(answer.callback), text);
}

std::string describe_signal(const ExitCause& cause, const CallLog& log,
                            const std::function<std::string(PluginCallback)>& plugin_of) {
  const int signal_number = WTERMSIG(cause.wait_status);
  std::string name = signal_name(signal_number);
  // Nobody catches it, so no plugin is known to have been in it.
  if (signal_number == SIGKILL) {
    return fmt::format("the cell's process was killed by {}, {}", name, cause.killed_for);
  }
  const bool explained =
      signal_number == SIGBUS && log.last_bus_error.written.load(std::memory_order_acquire) != 0;
  const std::string why = explained ? fmt::format(": {}", log.last_bus_error.text.data()) : "";
  const PluginCallback callback = crashed_callback(log);
  if (callback == PluginCallback::none) {
    return fmt::format("the cell's process was killed by {}, in no plugin{}", name, why);
  }
  return fmt::format("{}: killed by {} in {}{}", plugin_of(callback), name, function_of(callback),
                     why);
}

std::string describe_exit(const ExitCause& cause, const CallLog& log,
                          const std::function<std::string(PluginCallback)>& plugin_of) {
  if (log.unsafe_answer.written.load() != 0) return describe_unsafe(log.unsafe_answer, plugin_of);
  if (cause.at_time_limit) {
    const std::string limit = format_time_limit(cause.time_limit);
    const PluginCallback callback = log.culprit();
    if (callback == PluginCallback::none) {
      return fmt::format("still running at the time limit of {}, in no plugin", limit);
    }
    return fmt::format("{}: still in {} at the time limit of {}", plugin_of(callback),
                       function_of(callback), limit);
  }
  if (WIFSIGNALED(cause.wait_status)) return describe_signal(cause, log, plugin_of);
  const int status = WEXITSTATUS(cause.wait_status);
  const PluginCallback callback = log.culprit();
  if (callback != PluginCallback::none) {
    return fmt::format("{}: ended the process with status {} in {}", plugin_of(callback), status,
                       function_of(callback));
  }
  return fmt::format("the cell's process ended with status {} and {}", status,
                     cause.sent_garbage ? "a message that is not a result" : "no result");
}

FailureKind kind_of(const ExitCause& cause, const CallLog& log) {
  if (log.unsafe_answer.written.load() != 0) return FailureKind::wrong_data;
  if (cause.at_time_limit) return FailureKind::hang;
  // Nobody else sends it here: the kernel, for want of memory.
  const bool is_killed = WIFSIGNALED(cause.wait_status) && WTERMSIG(cause.wait_status) == SIGKILL;
  return is_killed ? FailureKind::limit : FailureKind::crash;
}

}  // namespace

std::string format_time_limit(std::chrono::nanoseconds limit) {
  const double seconds = std::chrono::duration<double>(limit).count();
  return seconds < 1 ? fmt::format("{:.3g} ms", seconds * 1e3) : fmt::format("{:.6g} s", seconds);
}

Failure failure_of_exit(const ExitCause& cause, const CallLog& log,
                        const std::function<std::string(PluginCallback)>& plugin_of) {
  return {describe_exit(cause, log, plugin_of), kind_of(cause, log)};
}

}  // namespace daxlab
