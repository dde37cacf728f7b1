// Crashes at every moment of a recorded run that can matter, each recovered from and judged.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "harness/crash/crash_plan.h"
#include "harness/crash/crash_verdict.h"
#include "harness/crash/persist_trace.h"
#include "harness/crash/recorded_history.h"
#include "harness/crash/recorded_run.h"

namespace daxlab {

// Just before each fence, and when an operation has returned in which something was stored, or that
// promises something: on a copy of the region in plain memory, with the library's own recovery, in
// every state that the plan's persistence domain allows (crash_image.h, image_choices.h), or a
// sample where those are too many. The finding says seed, operation, moment and what was lost. Some
// tens of thousands of images a second.
CrashVerdict check_crashes(const RecordedHistory& history, const CrashPlan& plan);
CrashVerdict check_crashes(const RecordedRun& run, const CrashPlan& plan);
// The same for another trace in place of the run's: a mutated one.
CrashVerdict check_crashes(const RecordedHistory& history, const PersistTrace& trace,
                           const CrashPlan& plan);
CrashVerdict check_crashes(const RecordedRun& run, const PersistTrace& trace,
                           const CrashPlan& plan);

// One crash once more, by the moment of its finding; of the plan only what the writes promise
// counts, and `prunes`. With the same run the same finding; nullopt: all is well there.
std::optional<CrashFinding> replay_crash(const RecordedHistory& history, const CrashPlan& plan,
                                         const CrashMoment& moment);
std::optional<CrashFinding> replay_crash(const RecordedRun& run, const CrashPlan& plan,
                                         const CrashMoment& moment);

// The first flush of something that no store in the trace explains: a store that went past the
// persist interface. For traces in which all stores are seen.
std::optional<std::string> find_unrecorded_store(const RecordedHistory& history);
std::optional<std::string> find_unrecorded_store(const RecordedRun& run);

}  // namespace daxlab
