// Simulated threads: fibers on one real thread, of which one runs at a time and gives way only at
// steps. Same program, same choices: same run, step by step.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/engine/simulator/core_mutation.h"
#include "core/engine/simulator/schedule_policy.h"
#include "core/sync/schedule.h"

namespace daxlab {

class FiberWorkers;

struct SimulatedThread {
  std::function<void()> body;  // does not throw
  uint32_t process = 0;
};

struct StepTaken {
  uint32_t thread = 0;
  StepKind kind = StepKind::lock;
  uint32_t object = 0;  // numbered in the order in which the run met them
  SourceLocation where;
};

enum class RunEnd : uint32_t {
  completed,
  deadlock,      // every thread that is left waits
  livelock,      // the step budget is used up
  kept_lock,     // every thread has ended, and a lock is still held: nobody will ever get it
  stray_unlock,  // a thread gives back a lock that it does not hold
};
const char* name_of(RunEnd end);

struct ScheduledRun {
  RunEnd end = RunEnd::completed;
  std::string text;  // of all but `completed`: who waits where for what, and who holds it
  uint64_t steps = 0;
  uint64_t preemptions = 0;
  std::vector<uint32_t> choices;  // at each turn with more than one ready: for scripted_policy
  std::vector<StepTaken> trace;   // when it was asked for
};

struct ScheduleLimits {
  uint64_t steps = 1'000'000;  // the budget of a run
  bool keep_trace = false;
};

class FiberScheduler {
 public:
  static constexpr uint32_t most_threads = 32;

  explicit FiberScheduler(ScheduleLimits limits = {});
  ~FiberScheduler();
  FiberScheduler(const FiberScheduler&) = delete;
  FiberScheduler& operator=(const FiberScheduler&) = delete;

  // Runs 1 to most_threads threads to their end. After any other end than `completed` their stacks
  // are given up, with all that they hold: what they used can be looked at, but not used or
  // destroyed any more. Not from inside a simulated thread. `mutation` may be null.
  ScheduledRun run(std::span<const SimulatedThread> threads, SchedulePolicy& policy,
                   const CoreMutation* mutation = nullptr);

  // Steps that the run in progress has taken: a clock for what happens in it.
  uint64_t steps() const;

 private:
  class Run;
  ScheduleLimits limits_;
  std::unique_ptr<FiberWorkers> workers_;
  Run* run_ = nullptr;
};

// A line for each step: "12 thread 1 flush object 4 core/region/block_map.cc:214". The same for the
// same run, byte for byte, in every process.
std::string to_text(const std::vector<StepTaken>& trace);

}  // namespace daxlab
