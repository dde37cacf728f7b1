// Runs cases of one combination of strategies on fresh labs of the simulator, and judges them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/call_log.h"
#include "core/base/error_or.h"
#include "core/engine/simulator/fiber_scheduler.h"
#include "harness/check/case.h"
#include "harness/check/check.h"
#include "harness/check/pristine_regions.h"
#include "harness/crash/check_crashes.h"
#include "harness/judges/evidence.h"

namespace daxlab {

// A region in which no history runs out of space. Only there engines are compared, for they may
// serve other pages around a fault.
inline constexpr uint64_t ample_region_bytes = largest_checked_region_bytes;

// When an event of a program began or ended, on the clock of the schedule's steps of its round.
struct StoryMark {
  uint32_t round = 0;
  uint64_t step = 0;
  uint64_t event = 0;
  bool ends = false;
};

struct Trial {
  std::optional<Verdict> verdict;
  // Of a crash that broke the promise.
  std::optional<CrashMoment> crash;
  std::vector<std::string> taken;
  CrashCounts crashes;
  // The schedule.
  std::vector<uint32_t> choices;
  uint64_t steps = 0;
  uint64_t preemptions = 0;
  // What was done: of a History, or of a program.
  SequentialEvidence sequential;
  ConcurrentEvidence concurrent;
  // When traces are kept; of a program by round.
  std::vector<std::vector<StepTaken>> traces;
  std::vector<StoryMark> marks;
};

// One real thread. Where a run deadlocks, its lab is given up, for nobody can close its files.
class TrialRunner {
 public:
  // The subject outlives it. Judges: empty for all. That a run comes to its end is always judged:
  // one that does not has no other evidence, and costs memory.
  TrialRunner(const CheckSubject& subject, JudgeSet judges);
  ~TrialRunner();
  TrialRunner(const TrialRunner&) = delete;
  TrialRunner& operator=(const TrialRunner&) = delete;

  // Without crashes. `policy` decides; nullptr: the case's choices do. The error: no lab can be had
  // (its region is too small, a plugin refuses to start).
  ErrorOr<Trial> run(const Case& shown, SchedulePolicy* policy, bool keep_trace = false);
  // The same run, recorded; then its crash states by that plan, or with the case's crash only that
  // one. A program's run is judged first, as by run().
  ErrorOr<Trial> crash(const Case& shown, SchedulePolicy* policy, const CrashPlan& plan);
  // Of the file "f0" that a History finds where blocks are lost: the block of each page.
  ErrorOr<std::vector<uint64_t>> kept_blocks(uint64_t region_bytes);
  // A History once more on the mmu engine: both must answer alike. A Verdict of parity. The region
  // is ample, and no faults are injected.
  ErrorOr<Trial> compare_engines(const Case& shown);

 private:
  class ProgramRun;

  ErrorOr<Trial> run_history(const Case& shown, SchedulePolicy& policy, bool keep_trace);
  ErrorOr<Trial> run_program(const Case& shown, SchedulePolicy& policy, bool keep_trace,
                             const CrashPlan* plan);
  ErrorOr<Trial> crash_history(const Case& shown, SchedulePolicy& policy, const CrashPlan& plan);
  // All crash states, or the case's only.
  template <class Recorded>
  void look_at_crashes(Trial& trial, const Recorded& recorded, const Case& shown,
                       const CrashPlan& plan) const {
    judge_crashes(trial, shown.crash ? CrashVerdict{{}, replay_crash(recorded, plan, *shown.crash)}
                                     : check_crashes(recorded, plan));
  }
  void judge_crashes(Trial& trial, const CrashVerdict& verdict) const;
  // Runs `body` as one simulated thread; false, and the verdict, when it does not come to an end.
  bool in_fiber(const Case& shown, SchedulePolicy& policy, bool keep_trace, Trial& trial,
                const std::function<void()>& body);

  const CheckSubject& subject_;
  const JudgeSet judges_;
  CallLog own_log_;
  CallLog& log_;
  PristineRegions regions_;
  FiberScheduler history_scheduler_;
  FiberScheduler scheduler_;
  FiberScheduler tracing_scheduler_;
};

// Of a run that stopped before its end.
Verdict verdict_of(const ScheduledRun& run);

}  // namespace daxlab
