// One repetition of a cell in a process of its own, so that a plugin that crashes, hangs or exits
// takes nothing else with it. One thread may watch over several.
#pragma once

#include <poll.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/base/error_or.h"
#include "harness/run/cell_fork.h"
#include "harness/run/exit_cause.h"
#include "harness/run/memory_kill_watch.h"
#include "harness/run/memory_probe.h"
#include "harness/run/output_tail.h"

namespace daxlab {

struct CellProcessSpec {
  CellFork::Body body;
  std::chrono::nanoseconds time_limit{};  // from start to exit, or from one progress to the next
  // "fault plugin 'page_zero' (/path/page_zero.so)" for the kind of a callback, for failure lines.
  std::function<std::string(PluginCallback)> plugin_of;
  // Open files below this folder count as the child's page cache; empty for none.
  std::filesystem::path measured_folder;
  // Given each progress that the child sends; without it, a progress is nothing.
  std::function<void(const std::string&)> on_progress = {};
  // Of processor time, for one call of a plugin where the child has calls watched; 0: no limit.
  std::chrono::nanoseconds call_limit{};
};

// One of both.
struct CellOutcome {
  std::optional<std::string> result;  // what the child sent
  std::optional<Failure> failure;     // a line naming cause and plugin, then the child's last ones
  ExitKind kind = ExitKind::ended;    // of a failure
  std::string cause = {};             // its line alone
};

class CellProcess {
 public:
  using Clock = std::chrono::steady_clock;

  // Forks: the caller has one thread. The error is for what kept it from starting.
  static ErrorOr<std::unique_ptr<CellProcess>> start(CellProcessSpec spec);

  pid_t process() const { return child_->process(); }

  // What serve() is to be called after: one of these is ready (a number of -1: ignore it), or the
  // deadline has come.
  std::array<pollfd, 3> waits() const;
  Clock::time_point deadline() const {
    return watch_ ? std::min(deadline_, next_look_) : deadline_;
  }

  // Does what there is to do, without waiting. The outcome, once, when the child is gone and
  // reaped. Whoever gives it up before that destroys it: the child is killed. Called this much
  // later than at the deadline, it gives the child that time again: a caller that was stopped
  // (Ctrl-Z) has a child that was stopped, too.
  static constexpr std::chrono::seconds longest_lateness{1};
  std::optional<CellOutcome> serve();
  // Serves until it is over, for who has nothing else to wait for.
  CellOutcome outcome();

 private:
  CellProcess(CellProcessSpec spec, MemoryKillWatch kills, std::unique_ptr<CellFork> child)
      : spec_(std::move(spec)),
        kills_(std::move(kills)),
        child_(std::move(child)),
        deadline_(Clock::now() + spec_.time_limit) {
    if (spec_.call_limit.count() == 0) return;
    watch_.emplace(child_->process(), child_->log(), spec_.call_limit);
    next_look_ = Clock::now() + CallWatch::pause;
  }

  bool serve_channel();
  void answer_measure(RequestKind kind);
  void take_progress(const std::string& text);
  void take_piece(const std::string& text);
  CellOutcome collect();
  CellOutcome stop_at_limit();
  std::optional<CellOutcome> look_at_calls(Clock::time_point now);
  CellOutcome stopped(const ExitCause& cause);
  // The outcome of a failure.
  CellOutcome failed(const ExitCause& cause) const;
  void add_output(CellOutcome& outcome) const;

  CellProcessSpec spec_;
  MemoryKillWatch kills_;  // since before it was started
  std::unique_ptr<CellFork> child_;
  Clock::time_point deadline_;
  OutputTail tail_;
  MemoryPeak peak_;
  std::string pieces_;  // of a long result
  std::optional<std::string> result_;
  bool garbage_ = false;
  std::optional<CallWatch> watch_;
  Clock::time_point next_look_;
};

// How long poll() may wait for something that is due at `deadline`, in ms: 0 when it is over, and
// never more than a quarter of an hour.
int poll_wait_ms(CellProcess::Clock::time_point deadline);

}  // namespace daxlab
