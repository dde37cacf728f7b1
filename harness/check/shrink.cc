#include "harness/check/shrink.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace daxlab {
namespace {

using Clock = std::chrono::steady_clock;

// Schedules that are tried for a program with fewer operations, besides the one that was found.
constexpr uint64_t schedules_each = 40;

class Shrinking {
 public:
  Shrinking(TrialRunner& runner, ShownCase found, std::chrono::nanoseconds time)
      : runner_(runner), best_(std::move(found)), end_(Clock::now() + time) {}

  ShownCase run() {
    drop_faults();
    for (bool smaller = true; smaller && !is_over();) {
      smaller = std::holds_alternative<History>(best_.shown.program) ? drop_history_ops()
                                                                     : drop_program_ops();
    }
    if (std::holds_alternative<ConcurrentProgram>(best_.shown.program)) drop_preemptions();
    return std::move(best_);
  }

 private:
  bool is_over() const { return Clock::now() >= end_; }
  JudgeName judge() const { return best_.trial.verdict->judge; }

  // Takes the candidate's place if the same judge objects to it.
  bool take(const Case& candidate, SchedulePolicy* policy) {
    auto trial = run_once(candidate, policy);
    if (!trial || !trial->verdict || trial->verdict->judge != judge()) return false;
    best_.shown = candidate;
    best_.shown.choices = trial->choices;
    best_.shown.crash = trial->crash;
    best_.trial = std::move(*trial);
    return true;
  }

  // With a crash the moment is looked for anew: it lies elsewhere in a shorter run.
  std::optional<Trial> run_once(Case candidate, SchedulePolicy* policy) {
    if (judge() == JudgeName::parity) {
      auto trial = runner_.compare_engines(candidate);
      return trial.ok() ? std::optional(trial.take()) : std::nullopt;
    }
    if (!best_.trial.crash) {
      auto trial = runner_.run(candidate, policy);
      return trial.ok() ? std::optional(trial.take()) : std::nullopt;
    }
    candidate.crash.reset();
    auto trial = runner_.crash(candidate, policy, best_.plan);
    return trial.ok() ? std::optional(trial.take()) : std::nullopt;
  }

  bool take_with_some_schedule(const Case& candidate) {
    if (take(candidate, nullptr)) return true;
    for (uint64_t seed = 0; seed < schedules_each && !is_over(); ++seed) {
      const auto policy = random_policy(seed);
      if (take(candidate, policy.get())) return true;
    }
    return false;
  }

  void drop_faults() {
    Case candidate = best_.shown;
    candidate.faults = {};
    if (!(candidate.faults == best_.shown.faults)) take(candidate, nullptr);
    candidate = best_.shown;
    candidate.max_kernel_mappings = 0;
    if (best_.shown.max_kernel_mappings != 0) take(candidate, nullptr);
  }

  // Runs of operations, then shorter ones, from the back: later ones depend on earlier ones.
  bool drop_history_ops() {
    bool dropped = false;
    size_t length = std::get<History>(best_.shown.program).ops.size();
    for (size_t run = std::max<size_t>(length / 2, 1); run > 0; run /= 2) {
      for (size_t end = length; end > 0 && !is_over();) {
        const size_t begin = end > run ? end - run : 0;
        Case candidate = best_.shown;
        auto& ops = std::get<History>(candidate.program).ops;
        ops.erase(ops.begin() + static_cast<ptrdiff_t>(begin),
                  ops.begin() + static_cast<ptrdiff_t>(std::min(end, ops.size())));
        if (take(candidate, nullptr)) dropped = true;
        end = begin;
      }
      length = std::get<History>(best_.shown.program).ops.size();
    }
    return dropped;
  }

  bool drop_program_ops() {
    const auto& program = std::get<ConcurrentProgram>(best_.shown.program);
    for (size_t round = 0; round < program.rounds.size(); ++round) {
      for (size_t thread = 0; thread < program.threads; ++thread) {
        for (size_t op = program.rounds[round][thread].size(); op > 0 && !is_over(); --op) {
          Case candidate = best_.shown;
          auto& ops = std::get<ConcurrentProgram>(candidate.program).rounds[round][thread];
          ops.erase(ops.begin() + static_cast<ptrdiff_t>(op - 1));
          tidy(std::get<ConcurrentProgram>(candidate.program));
          if (take_with_some_schedule(candidate)) return true;  // the numbers have changed
        }
      }
    }
    return false;
  }

  // Rounds and last threads without operations.
  static void tidy(ConcurrentProgram& program) {
    const auto is_empty = [](const auto& ops) { return ops.empty(); };
    std::erase_if(program.rounds,
                  [&](const auto& threads) { return std::ranges::all_of(threads, is_empty); });
    while (program.threads > 1 && std::ranges::all_of(program.rounds, [](const auto& threads) {
             return threads.back().empty();
           })) {
      --program.threads;
      for (auto& threads : program.rounds) threads.pop_back();
    }
  }

  // Turns from the end on go the usual way; then each turn that was not the usual one.
  void drop_preemptions() {
    for (size_t length = best_.shown.choices.size(); length > 0 && !is_over(); length /= 2) {
      Case candidate = best_.shown;
      if (candidate.choices.size() <= length / 2) continue;
      candidate.choices.resize(length / 2);
      if (!take(candidate, nullptr)) break;
    }
    for (size_t i = best_.shown.choices.size(); i > 1 && !is_over(); --i) {
      if (i > best_.shown.choices.size()) continue;
      if (best_.shown.choices[i - 1] == best_.shown.choices[i - 2]) continue;
      Case candidate = best_.shown;
      candidate.choices[i - 1] = candidate.choices[i - 2];
      const uint64_t preemptions = best_.trial.preemptions;
      ShownCase kept = best_;
      if (take(candidate, nullptr) && best_.trial.preemptions > preemptions) best_ = kept;
    }
  }

  TrialRunner& runner_;
  ShownCase best_;
  const Clock::time_point end_;
};

}  // namespace

ShownCase shrunk(TrialRunner& runner, ShownCase found, std::chrono::nanoseconds time) {
  return Shrinking(runner, std::move(found), time).run();
}

}  // namespace daxlab
