// Runs checks one by one, each in a process of its own: what crashes or hangs is a failed check,
// and the others go on.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "core/base/error_or.h"
#include "harness/conformance/check.h"

namespace daxlab {

struct CheckResult {
  std::string name;
  std::string promise;
  std::optional<Finding> finding;  // nullopt: the promise was kept
  std::string cause = {};          // equal for findings that look alike
  double time_s = 0;
};

// How long things may take.
struct CheckLimits {
  std::chrono::nanoseconds check;  // a check as a whole
  std::chrono::nanoseconds call;   // a call of the plugin, in processor time
};

// Those whose name the glob matches; all if it is empty. The error: it matches none, and the
// nearest name.
ErrorOr<std::vector<Check>> select_checks(std::vector<Check> checks, const std::string& glob);

// One thread: forks. The error is for what kept the process from starting.
ErrorOr<CheckResult> run_check(const Check& check, const TestedPlugin& tested,
                               const CheckLimits& limits);

}  // namespace daxlab
