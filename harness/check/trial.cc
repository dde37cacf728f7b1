#include "harness/check/trial.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "harness/check/lab_in_memory.h"
#include "harness/crash/recorded_history.h"
#include "harness/histories/program_files.h"
#include "harness/judges/durability.h"
#include "harness/judges/gather.h"
#include "harness/judges/judge_all.h"
#include "harness/judges/parity.h"

namespace daxlab {
namespace {

// A history of 60 operations takes 20,000 steps as a rule, a small program a tenth of that; what
// locks for each block it looks at takes many times more, and is no livelock yet.
constexpr ScheduleLimits history_limits = {.steps = 5'000'000, .keep_trace = false};
constexpr ScheduleLimits program_limits = {.steps = 300'000, .keep_trace = false};
constexpr ScheduleLimits tracing_limits = {.steps = 300'000, .keep_trace = true};

// The file that is kept, and the pages of it whose blocks are lost.
FileBefore file_before(const LabInMemory& lab, const InjectedFaults& faults) {
  const std::vector<uint64_t>& blocks = lab.kept_blocks();
  FileBefore before{.file = 0, .value = PristineRegions::kept_value, .pages = blocks.size()};
  for (uint64_t pgoff = 0; pgoff < blocks.size(); ++pgoff) {
    if (std::ranges::count(faults.poisoned_blocks, blocks[pgoff]) != 0) {
      before.lost_pages.push_back(pgoff);
    }
  }
  return before;
}

const CoreMutation* mutation_of(const Case& shown) {
  return shown.mutation ? &*shown.mutation : nullptr;
}

}  // namespace

Verdict verdict_of(const ScheduledRun& run) {
  return {.judge = JudgeName::progress,
          .expected = "all threads come to their end",
          .seen = fmt::format("{}: {}", name_of(run.end), run.text),
          .where = {}};
}

TrialRunner::TrialRunner(const CheckSubject& subject, JudgeSet judges)
    : subject_(subject),
      judges_(std::move(judges)),
      log_(subject.log == nullptr ? own_log_ : *subject.log),
      history_scheduler_(history_limits),
      scheduler_(program_limits),
      tracing_scheduler_(tracing_limits) {}

TrialRunner::~TrialRunner() = default;

bool TrialRunner::in_fiber(const Case& shown, SchedulePolicy& policy, bool keep_trace, Trial& trial,
                           const std::function<void()>& body) {
  const std::array<SimulatedThread, 1> thread = {SimulatedThread{body, 0}};
  FiberScheduler& scheduler = keep_trace ? tracing_scheduler_ : scheduler_;
  ScheduledRun run = scheduler.run(thread, policy, mutation_of(shown));
  trial.steps += run.steps;
  trial.traces.push_back(std::move(run.trace));
  if (run.end == RunEnd::completed) return true;
  trial.verdict = verdict_of(run);
  return false;
}

ErrorOr<Trial> TrialRunner::run(const Case& shown, SchedulePolicy* policy, bool keep_trace) {
  const auto script = scripted_policy(shown.choices);
  const NotedRun noted(subject_.running, shown, false);
  NotedPolicy chosen(policy == nullptr ? *script : *policy, subject_.running);
  if (std::holds_alternative<History>(shown.program)) return run_history(shown, chosen, keep_trace);
  return run_program(shown, chosen, keep_trace, nullptr);
}

ErrorOr<Trial> TrialRunner::run_history(const Case& shown, SchedulePolicy& policy,
                                        bool keep_trace) {
  const bool loses_blocks = !shown.faults.poisoned_blocks.empty();
  auto made = LabInMemory::make(subject_, shown, regions_, loses_blocks ? file_name(0) : "kept",
                                log_, nullptr);
  if (!made.ok()) return made.error();
  LabInMemory lab = made.take();
  Trial trial;
  const GatherPlan plan{
      .judges = judges_,
      .all_or_nothing = subject_.all_or_nothing,
      .atomic_writes = subject_.atomic,
      .faults = shown.faults,
      .file_before = loses_blocks ? std::optional(file_before(lab, shown.faults)) : std::nullopt,
      .fill_free_blocks = false,
      .garbage_seed = lab.garbage_seed(),
      .garbage_blocks = lab.garbage_blocks()};
  const auto& history = std::get<History>(shown.program);
  if (!in_fiber(shown, policy, keep_trace, trial,
                [&] { trial.sequential = gather(*lab, history, plan); })) {
    lab.give_up();
    return trial;
  }
  trial.verdict = judge_all(trial.sequential, judges_);
  return trial;
}

ErrorOr<std::vector<uint64_t>> TrialRunner::kept_blocks(uint64_t region_bytes) {
  auto memory = regions_.take(region_bytes, file_name(0));
  if (!memory.ok()) return memory.error();
  return memory.take().kept_blocks;
}

ErrorOr<Trial> TrialRunner::compare_engines(const Case& shown) {
  LabSpec spec;
  spec.engine = EngineKind::mmu;
  spec.region_bytes = shown.region_bytes;
  spec.fault = subject_.fault;
  spec.write = subject_.write;
  spec.alloc = subject_.alloc;
  const NotedRun noted(subject_.running, shown, false);
  auto simulated = run_history(shown, *scripted_policy({}), false);
  if (!simulated.ok()) return simulated;
  Trial trial = simulated.take();
  if (trial.verdict) return trial;
  auto lab = Lab::assemble(spec, log_);
  if (!lab.ok()) return lab.error();
  const GatherPlan plan{.judges = {JudgeName::parity},
                        .all_or_nothing = subject_.all_or_nothing,
                        .atomic_writes = subject_.atomic};
  const std::array<EngineAnswers, 2> answers = {
      EngineAnswers{"simulator", trial.sequential},
      EngineAnswers{"mmu", gather(*lab.value(), std::get<History>(shown.program), plan)}};
  trial.verdict = judge_parity(answers);
  return trial;
}

ErrorOr<Trial> TrialRunner::crash(const Case& shown, SchedulePolicy* policy,
                                  const CrashPlan& plan) {
  const auto script = scripted_policy(shown.choices);
  const NotedRun noted(subject_.running, shown, true);
  NotedPolicy chosen(policy == nullptr ? *script : *policy, subject_.running);
  if (std::holds_alternative<History>(shown.program)) return crash_history(shown, chosen, plan);
  return run_program(shown, chosen, false, &plan);
}

ErrorOr<Trial> TrialRunner::crash_history(const Case& shown, SchedulePolicy& policy,
                                          const CrashPlan& plan) {
  PersistRecorder recorder;
  auto made = LabInMemory::make(subject_, shown, regions_, "", log_, &recorder);
  if (!made.ok()) return made.error();
  LabInMemory lab = made.take();
  Trial trial;
  RecordedHistory recorded;
  const auto& history = std::get<History>(shown.program);
  if (!in_fiber(shown, policy, false, trial,
                [&] { recorded = record_history(*lab, recorder, history); })) {
    lab.give_up();
    return trial;
  }
  look_at_crashes(trial, recorded, shown, plan);
  return trial;
}

void TrialRunner::judge_crashes(Trial& trial, const CrashVerdict& verdict) const {
  trial.crashes = verdict.counts;
  if (!verdict.finding || !has(judges_, judge_of(verdict.finding->promise))) return;
  trial.verdict = daxlab::verdict_of(*verdict.finding);
  trial.crash = verdict.finding->moment;
  trial.taken = verdict.finding->taken;
}

}  // namespace daxlab
