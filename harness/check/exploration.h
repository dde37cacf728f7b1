// The order in which check() looks for a run that breaks a promise.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <unordered_set>

#include "core/base/error_or.h"
#include "harness/check/check.h"
#include "harness/check/distinct_count.h"
#include "harness/check/exhaustive_programs.h"
#include "harness/check/shrink.h"
#include "harness/check/trial.h"

namespace daxlab {

// Goes seed by seed; each seed stands for a history of one thread, a small program of several under
// schedules of each policy, and crash states of the history; every fourth for crash states of the
// program, every sixteenth for the history on the mmu engine, too. Between seeds `exhaustive` goes
// on with its programs where it was.
class Exploration {
 public:
  // Both outlive it.
  Exploration(const CheckSubject& subject, const CheckSettings& settings);

  // The work of one seed. False: there is nothing left to do, or something was found.
  ErrorOr<bool> step();

  const Explored& explored() const { return explored_; }
  // Not shrunk yet.
  std::optional<ShownCase>& found() { return found_; }
  TrialRunner& runner() { return runner_; }

 private:
  bool wants(PolicyName policy) const;
  bool only_compares() const { return settings_.judges == JudgeSet{JudgeName::parity}; }
  std::optional<Error> do_seed(uint64_t seed);
  std::optional<Error> history(uint64_t seed);
  std::optional<Error> history_crashes(uint64_t seed);
  std::optional<Error> engines(uint64_t seed);
  std::optional<Error> programs(uint64_t seed, PolicyName policy);
  std::optional<Error> program_crashes(uint64_t seed);
  std::optional<Error> exhaustive(uint64_t runs);
  std::optional<Error> next_schedule();

  Case history_case(uint64_t seed) const;
  std::optional<Error> lose_pages(Case& shown, uint64_t seed);
  Case program_case(uint64_t seed) const;
  Case exhaustive_case() const;
  std::optional<Error> note(const Case& shown, ErrorOr<Trial> trial, const CrashPlan& plan = {});
  void note_interleaving(uint64_t program, const Trial& trial);
  CrashPlan crash_plan(uint64_t seed) const;

  const CheckSubject& subject_;
  const CheckSettings& settings_;
  const std::chrono::steady_clock::time_point start_;
  TrialRunner runner_;
  Explored explored_;
  std::optional<ShownCase> found_;
  uint64_t seeds_done_ = 0;

  const ExhaustivePrograms all_programs_;
  uint64_t next_program_ = 0;
  std::optional<ExhaustivePolicy> schedules_;
  std::unordered_set<uint64_t> known_crashes_;  // of the program
  DistinctCount interleavings_;                 // of random and pct
  uint64_t exhaustive_interleavings_ = 0;
};

}  // namespace daxlab
