// Sees that a call of a plugin does not come back: one that computes for ever, or waits for what
// nobody will do.
#pragma once

#include <sys/types.h>

#include <array>
#include <chrono>
#include <optional>
#include <string>

#include "core/base/call_log.h"

namespace daxlab {

struct StuckCall {
  PluginCallback callback = PluginCallback::none;
  std::string how;  // "did not return within 5 s"
  bool waits_for_lock = false;
};

class CallWatch {
 public:
  using Clock = std::chrono::steady_clock;
  // So often it should look.
  static constexpr std::chrono::milliseconds pause{200};
  // All threads of the process asleep for so long, in one and the same call: it waits in vain.
  static constexpr std::chrono::seconds longest_sleep{3};

  // Calls of `process` are watched in its log. The limit is of processor time of the process, so
  // that a busy machine accuses nobody.
  CallWatch(pid_t process, const CallLog& log, std::chrono::nanoseconds limit)
      : process_(process), log_(log), limit_(limit) {}

  std::optional<StuckCall> look();

 private:
  struct Seen {
    PluginCallback callback = PluginCallback::none;
    uint32_t calls = 0;
    std::chrono::nanoseconds cpu_then{};
    std::optional<Clock::time_point> asleep_since;
  };
  std::optional<StuckCall> look_at(const CallLog::Slot& slot, Seen& seen,
                                   std::chrono::nanoseconds cpu, bool asleep);
  std::string waiting_for(const CallLog::Slot& slot) const;

  pid_t process_;
  const CallLog& log_;
  std::chrono::nanoseconds limit_;
  std::array<Seen, thread_shards> seen_{};
};

}  // namespace daxlab
