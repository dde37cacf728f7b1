// check() of one combination by names, in a process of its own: with a plugin or a core that is
// wrong on purpose it may also crash or hang.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "core/base/error_or.h"
#include "harness/check/check.h"

namespace daxlab {

struct CheckedNames {
  std::string fault = "global_zero";
  std::string write = "partial";
  std::string alloc = "first_fit";
};
std::string to_text(const CheckedNames& names);  // "global_zero/partial/first_fit"

// Plugins of this build tree. Ends the test program with a message when there is no such plugin.
CheckSubject subject_of(const CheckedNames& names);

struct ChildReport {
  std::optional<JudgeName> judge;   // who found something
  std::string finding;              // what, or how the process ended if that was not by itself
  uint64_t seeds = 0;               // that were begun until then
  std::chrono::nanoseconds time{};  // until then
  bool crashed = false;             // it did not come to its end
};
// The caller has one thread. `limit` is for the process as a whole, beyond the settings' own. The
// error: no process could be started.
ErrorOr<ChildReport> check_in_child(const CheckedNames& names, const CheckSettings& settings,
                                    std::chrono::milliseconds limit);

}  // namespace daxlab
