#include "harness/run/call_watch.h"

#include <fmt/format.h>
#include <time.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include "harness/run/exit_cause.h"

namespace daxlab {
namespace {

std::chrono::nanoseconds cpu_time_of(pid_t process) {
  clockid_t clock{};
  timespec time{};
  if (clock_getcpuclockid(process, &clock) != 0 || clock_gettime(clock, &time) != 0) return {};
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

// Threads that end meanwhile are not asleep.
bool all_threads_sleep(pid_t process) {
  std::error_code error;
  const std::filesystem::directory_iterator tasks(fmt::format("/proc/{}/task", process), error);
  if (error) return false;
  for (auto task = tasks; task != std::filesystem::end(tasks); task.increment(error)) {
    std::ifstream file(task->path() / "stat");
    const std::string line{std::istreambuf_iterator<char>(file), {}};
    const size_t name_end = line.rfind(')');  // names may hold anything
    if (name_end == line.npos || line.compare(name_end, 3, ") S") != 0) return false;
  }
  return !error;
}

}  // namespace

std::optional<StuckCall> CallWatch::look() {
  const std::chrono::nanoseconds cpu = cpu_time_of(process_);
  const bool in_a_call = std::ranges::any_of(log_.slots, [](const CallLog::Slot& slot) {
    return slot.callback.load() != PluginCallback::none;
  });
  const bool asleep = in_a_call && all_threads_sleep(process_);
  std::optional<StuckCall> found;
  for (size_t i = 0; i < log_.slots.size(); ++i) {
    auto stuck = look_at(log_.slots[i], seen_[i], cpu, asleep);
    // One that waits for a lock tells more than one that merely sleeps.
    if (stuck && (!found || (stuck->waits_for_lock && !found->waits_for_lock))) found = stuck;
  }
  return found;
}

std::optional<StuckCall> CallWatch::look_at(const CallLog::Slot& slot, Seen& seen,
                                            std::chrono::nanoseconds cpu, bool asleep) {
  const PluginCallback callback = slot.callback.load();
  const uint32_t calls = slot.calls.load();
  const Clock::time_point now = Clock::now();
  if (callback == PluginCallback::none || callback != seen.callback || calls != seen.calls) {
    seen = {callback, calls, cpu, std::nullopt};
    return std::nullopt;
  }
  if (!asleep) {
    seen.asleep_since.reset();
  } else if (!seen.asleep_since) {
    seen.asleep_since = now;
  }
  if (seen.asleep_since && now - *seen.asleep_since >= longest_sleep) {
    return StuckCall{callback, waiting_for(slot), slot.waits_for.load() != 0};
  }
  if (cpu - seen.cpu_then < limit_) return std::nullopt;
  return StuckCall{callback,
                   fmt::format("did not return within {} of computing", format_time_limit(limit_)),
                   false};
}

std::string CallWatch::waiting_for(const CallLog::Slot& slot) const {
  const std::string in_vain =
      fmt::format("waits in vain: for {} s every thread has slept", longest_sleep.count());
  const uint64_t word = slot.waits_for.load();
  if (word == 0) return in_vain;
  for (const CallLog::HeldLock& held : log_.held_locks) {
    if (held.word.load() != word) continue;
    return fmt::format("waits in vain for a lock of its own, taken by another thread in {}",
                       function_of(held.callback.load()));
  }
  return "waits in vain for a lock of its own that nobody is known to hold";
}

}  // namespace daxlab
