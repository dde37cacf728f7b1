#include "harness/check/check.h"

#include <array>
#include <utility>

#include "harness/check/exploration.h"
#include "harness/check/story.h"

namespace daxlab {
namespace {

std::string trace_text(const Trial& trial) {
  std::string text;
  for (const auto& steps : trial.traces) text += to_text(steps);
  return text;
}

// The plan says what the writes promise; the rest of it the moment knows.
ErrorOr<Trial> run_again(TrialRunner& runner, const CheckSubject& subject, const Case& shown) {
  if (shown.crash) return runner.crash(shown, nullptr, {.atomic_writes = subject.atomic});
  auto trial = runner.run(shown, nullptr, true);
  if (!trial.ok() || trial.value().verdict) return trial;
  const bool is_comparable = std::holds_alternative<History>(shown.program) && !shown.mutation &&
                             shown.region_bytes >= ample_region_bytes &&
                             shown.faults == InjectedFaults{} && shown.max_kernel_mappings == 0;
  if (!is_comparable) return trial;
  auto compared = runner.compare_engines(shown);
  return compared.ok() && compared.value().verdict ? std::move(compared) : std::move(trial);
}

ErrorOr<CheckFinding> tell(Exploration& exploration, const CheckSubject& subject,
                           std::chrono::nanoseconds shrinking_time) {
  ShownCase found = shrunk(exploration.runner(), std::move(*exploration.found()), shrinking_time);
  CheckFinding finding{*found.trial.verdict, found.shown, {}};
  auto told = run_again(exploration.runner(), subject, found.shown);
  const Trial& trial = told.ok() && told.value().verdict ? told.value() : found.trial;
  finding.story = story_of(found.shown, trial);
  return finding;
}

}  // namespace

const char* name_of(PolicyName policy) {
  constexpr std::array<const char*, 3> names = {"random", "pct", "exhaustive"};
  return names[static_cast<size_t>(policy)];
}

Explored& Explored::operator+=(const Explored& other) {
  histories += other.histories;
  programs += other.programs;
  interleavings += other.interleavings;
  distinct_interleavings += other.distinct_interleavings;
  steps += other.steps;
  crash_moments += other.crash_moments;
  crash_states += other.crash_states;
  distinct_crash_states += other.distinct_crash_states;
  sampled_moments += other.sampled_moments;
  compared += other.compared;
  cut_short += other.cut_short;
  distinct_is_estimate = distinct_is_estimate || other.distinct_is_estimate;
  exhausted = exhausted && other.exhausted;
  time += other.time;
  return *this;
}

ErrorOr<CheckReport> check(const CheckSubject& subject, const CheckSettings& settings,
                           const std::function<void(const Explored&)>& progress) {
  Exploration exploration(subject, settings);
  const auto end = std::chrono::steady_clock::now() + settings.time;
  for (;;) {
    auto goes_on = exploration.step();
    if (!goes_on.ok()) return goes_on.error();
    if (progress) progress(exploration.explored());
    if (!goes_on.value()) break;
    if (settings.time.count() != 0 && std::chrono::steady_clock::now() >= end) break;
  }
  CheckReport report{exploration.explored(), std::nullopt};
  if (!exploration.found()) return report;
  auto finding = tell(exploration, subject, settings.shrinking_time);
  if (!finding.ok()) return finding.error();
  report.finding = finding.take();
  return report;
}

ErrorOr<ReplayReport> replay(const CheckSubject& subject, const Case& shown) {
  TrialRunner runner(subject, {});
  auto trial = run_again(runner, subject, shown);
  if (!trial.ok()) return trial.error();
  return ReplayReport{trial.value().verdict, story_of(shown, trial.value()),
                      trace_text(trial.value())};
}

}  // namespace daxlab
