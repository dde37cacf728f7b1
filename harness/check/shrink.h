// Makes a case that breaks a promise as small as it goes: a person has to understand it.
#pragma once

#include <chrono>

#include "harness/check/case.h"
#include "harness/check/trial.h"

namespace daxlab {

// A case and the run that shows what is wrong with it.
struct ShownCase {
  Case shown;
  Trial trial;          // with a verdict
  CrashPlan plan = {};  // by which a crash was found
};

// Leaves out operations, threads, injected faults and turns as long as the same judge objects,
// until none can be left out or the time is over. What it returns was run and has a verdict.
ShownCase shrunk(TrialRunner& runner, ShownCase found, std::chrono::nanoseconds time);

}  // namespace daxlab
