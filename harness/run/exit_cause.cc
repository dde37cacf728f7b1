#include "harness/run/exit_cause.h"

#include <fmt/format.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "daxlab/types.h"
#include "harness/run/code_place_text.h"

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

std::string called_at(const CodePlace& place) {
  const std::string text = to_text(place);
  return text.empty() ? text : ", at " + text;
}

// What a plugin answered explains an end better than the signal that came of it.
std::string describe_unsafe(const CallLog::UnsafeAnswer& answer,
                            const std::function<std::string(PluginCallback)>& plugin_of) {
  std::string text = answer.text.data();
  if (answer.place.is_known()) {
    text +=
        (answer.kind == UnsafeKind::lock ? ", taken at " : ", called at ") + to_text(answer.place);
  }
  if (answer.callback == PluginCallback::none) return text;
  return fmt::format("{}: {} {}", plugin_of(answer.callback), function_of(answer.callback), text);
}

// Lent memory ends where nobody may go, and begins behind such a page.
const CallLog::Arena* missed_arena(const CallLog& log) {
  constexpr uint64_t near_bytes = 16 * page_bytes;
  if (log.crash.written.load() == 0 || !log.crash.is_access) return nullptr;
  const uint64_t address = log.crash.address;
  for (const CallLog::Arena& arena : log.arenas) {
    const uint64_t start = arena.start.load();
    if (start == 0 || address < start + arena.length_bytes) continue;
    if (address - start - arena.length_bytes < page_bytes + near_bytes) return &arena;
  }
  return nullptr;
}

// Why it was, where that is known.
std::string bus_error_words(const CallLog& log, int signal_number) {
  const bool explained =
      signal_number == SIGBUS && log.last_bus_error.written.load(std::memory_order_acquire) != 0;
  return explained ? fmt::format(": {}", log.last_bus_error.text.data()) : "";
}

std::string describe_crash(const CallLog& log, PluginCallback callback, int signal_number) {
  const std::string function = function_of(callback);
  const CallLog::Crash& crash = log.crash;
  const char* const access = crash.is_store ? "wrote" : "read";
  if (const CallLog::Arena* arena = missed_arena(log)) {
    return fmt::format(
        "{} {} behind the end of its arena of {} bytes (asked for in {}), at byte {}{}", function,
        access, arena->length_bytes, function_of(arena->asked_in),
        crash.address - arena->start.load(), called_at(crash.place));
  }
  std::string text = fmt::format("killed by {} in {}", signal_name(signal_number), function);
  const std::string why = bus_error_words(log, signal_number);
  if (crash.written.load() == 0 || !why.empty()) return text + why;
  if (crash.is_access) text += fmt::format(": it {} at address {:#x}", access, crash.address);
  return text + called_at(crash.place);
}

std::string describe_signal(const ExitCause& cause, const CallLog& log,
                            const std::function<std::string(PluginCallback)>& plugin_of) {
  const int signal_number = WTERMSIG(cause.wait_status);
  const std::string name = signal_name(signal_number);
  // Nobody catches it, so no plugin is known to have been in it.
  if (signal_number == SIGKILL) {
    return fmt::format("the cell's process was killed by {}, {}", name, cause.killed_for);
  }
  const PluginCallback callback = crashed_callback(log);
  if (callback != PluginCallback::none) {
    return fmt::format("{}: {}", plugin_of(callback), describe_crash(log, callback, signal_number));
  }
  return fmt::format("the cell's process was killed by {}, in no plugin{}", name,
                     bus_error_words(log, signal_number));
}

}  // namespace

const char* name_of(ExitKind kind) {
  switch (kind) {
    case ExitKind::unsafe_answer:
      return "unsafe answer";
    case ExitKind::lock_held:
      return "lock held";
    case ExitKind::unsafe_call:
      return "unsafe call";
    case ExitKind::arena_overrun:
      return "arena overrun";
    case ExitKind::crash:
      return "crash";
    case ExitKind::killed:
      return "killed";
    case ExitKind::hang:
      return "hang";
    case ExitKind::ended:
      break;
  }
  return "ended";
}

FailureKind failure_kind(ExitKind kind) {
  switch (kind) {
    case ExitKind::unsafe_answer:
    case ExitKind::unsafe_call:
      return FailureKind::wrong_data;
    case ExitKind::hang:
    case ExitKind::lock_held:
      return FailureKind::hang;
    case ExitKind::killed:
      return FailureKind::limit;
    case ExitKind::arena_overrun:
    case ExitKind::crash:
    case ExitKind::ended:
      break;
  }
  return FailureKind::crash;
}

ExitKind kind_of(const ExitCause& cause, const CallLog& log) {
  if (log.unsafe_answer.is_written()) {
    switch (log.unsafe_answer.kind) {
      case UnsafeKind::answer:
        return ExitKind::unsafe_answer;
      case UnsafeKind::lock:
        return ExitKind::lock_held;
      case UnsafeKind::call:
        return ExitKind::unsafe_call;
      case UnsafeKind::arena:
        return ExitKind::arena_overrun;
    }
  }
  if (cause.stuck) return cause.stuck->waits_for_lock ? ExitKind::lock_held : ExitKind::hang;
  if (cause.at_time_limit) return ExitKind::hang;
  if (WIFSIGNALED(cause.wait_status)) {
    if (WTERMSIG(cause.wait_status) == SIGKILL) return ExitKind::killed;
    const bool overrun = missed_arena(log) != nullptr;
    return overrun ? ExitKind::arena_overrun : ExitKind::crash;
  }
  return ExitKind::ended;
}

std::string format_time_limit(std::chrono::nanoseconds limit) {
  const double seconds = std::chrono::duration<double>(limit).count();
  return seconds < 1 ? fmt::format("{:.3g} ms", seconds * 1e3) : fmt::format("{:.6g} s", seconds);
}

std::string describe_exit(const ExitCause& cause, const CallLog& log,
                          const std::function<std::string(PluginCallback)>& plugin_of) {
  if (log.unsafe_answer.is_written()) return describe_unsafe(log.unsafe_answer, plugin_of);
  if (cause.stuck) {
    return fmt::format("{}: {} {}", plugin_of(cause.stuck->callback),
                       function_of(cause.stuck->callback), cause.stuck->how);
  }
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

}  // namespace daxlab
