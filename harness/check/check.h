// Looks for a run that breaks a promise: histories of one thread, programs of several under many
// schedules, and the crash states of both. One combination of strategies at a time, in the calling
// process.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/base/call_log.h"
#include "core/base/error_or.h"
#include "core/engine/simulator/core_mutation.h"
#include "core/lab/lab.h"
#include "harness/check/case.h"
#include "harness/check/running_case.h"

namespace daxlab {

enum class PolicyName : uint32_t { random, pct, exhaustive };
const char* name_of(PolicyName policy);

// Regions on which cases run: small, so that space runs out and a copy of each costs little.
inline constexpr uint64_t smallest_checked_region_bytes = uint64_t{64} << 10;
inline constexpr uint64_t largest_checked_region_bytes = uint64_t{4} << 20;

struct CheckSettings {
  uint64_t first_seed = 1;
  uint64_t seeds = 0;                  // of each policy; 0: as many as the time allows
  std::chrono::nanoseconds time{};     // 0: no limit. One of seeds and time is given
  std::set<PolicyName> policies = {};  // empty: all
  std::set<JudgeName> judges = {};     // empty: all
  uint32_t pct_depth = 3;
  uint32_t preemptions = 2;     // of `exhaustive`
  uint32_t exhaustive_ops = 3;  // of its programs, both threads together
  std::optional<CoreMutation> mutation = {};
  std::chrono::nanoseconds shrinking_time = std::chrono::seconds(3);  // of a finding, at most
};

struct Explored {
  uint64_t histories = 0;               // of one thread
  uint64_t programs = 0;                // of several
  uint64_t interleavings = 0;           // runs of those
  uint64_t distinct_interleavings = 0;  // see DistinctCount: of many it is an estimate
  uint64_t steps = 0;
  uint64_t crash_moments = 0;
  uint64_t crash_states = 0;
  uint64_t distinct_crash_states = 0;
  uint64_t compared = 0;         // histories that ran on the mmu engine, too
  uint64_t cut_short = 0;        // runs with more crash states than were tried
  uint64_t sampled_moments = 0;  // with too many open lines to try all of their states
  bool distinct_is_estimate = false;
  bool exhausted = false;  // every program and schedule that `exhaustive` speaks of was run
  std::chrono::nanoseconds time{};
  Explored& operator+=(const Explored& other);
};

struct CheckReport {
  Explored explored;
  std::optional<CheckFinding> finding;  // the first, shrunk
};

// One combination: its plugins, loaded. The lab of a case is assembled from it.
struct CheckSubject {
  std::string name;    // "global_zero:around=16/partial/first_fit"
  std::string config;  // of one cell, for Case::config
  StrategySpec fault, write, alloc;
  CallLog* log = nullptr;          // where labs note which plugin they are in; null: nobody asks
  RunningCase* running = nullptr;  // where trials note what they run; null: nobody asks
  bool all_or_nothing = false;     // what the write strategy promises; see promises_of
  bool atomic = false;
};

// `progress` is called now and then. The error: a lab cannot be had at all.
ErrorOr<CheckReport> check(const CheckSubject& subject, const CheckSettings& settings,
                           const std::function<void(const Explored&)>& progress);

// Runs the case once and judges it; nullopt: no promise is broken. The story is always told.
struct ReplayReport {
  std::optional<Verdict> verdict;
  std::vector<std::string> story;
  std::string trace;  // every step
};
ErrorOr<ReplayReport> replay(const CheckSubject& subject, const Case& shown);

}  // namespace daxlab
