// All combinations, each in a process of its own, so that a plugin that crashes, hangs or exits is
// a finding like others.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/base/error_or.h"
#include "harness/check/check.h"
#include "harness/proving/check_subjects.h"

namespace daxlab {

struct CheckedOutcome {
  Explored explored;                    // what is known of it
  std::optional<CheckFinding> finding;  // at most one of the three
  std::optional<std::string> ended;  // its process ended itself, or hung: a line, with the plugin
  std::optional<CheckFinding> ended_in;  // and what it was in the middle of then, if anything
  std::optional<std::string> error;      // it could not be checked
  bool interrupted = false;
  bool passed() const { return !finding && !ended && !error && !interrupted; }
};

struct CheckProgress {
  size_t over = 0;
  size_t all = 0;
  std::string running;  // the name of one
  Explored explored;    // of that one
};

struct CheckCampaignSettings {
  CheckSettings check;
  std::chrono::nanoseconds time_limit{};  // without a sign of life
  uint64_t jobs = 1;
  int interrupt_fd = -1;  // readable: stop
  std::function<void(const CheckProgress&)> on_progress = [](const CheckProgress&) {};
  // As soon as it is over; combinations that had not begun when it was interrupted are not told of.
  std::function<void(const CheckedCombination&, const CheckedOutcome&)> on_over;
};

struct CheckCampaignEnd {
  bool interrupted = false;
  std::optional<Error> stopped;  // no process could be started
};

// The caller has one thread.
CheckCampaignEnd run_check_campaign(const std::vector<CheckedCombination>& combinations,
                                    const CheckCampaignSettings& settings);

}  // namespace daxlab
