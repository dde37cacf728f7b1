// Programs of several simulated threads.
#include <algorithm>
#include <utility>

#include "harness/check/lab_in_memory.h"
#include "harness/check/trial.h"
#include "harness/histories/program_files.h"
#include "harness/judges/judge_all.h"

namespace daxlab {

// One run. What a simulated thread could wait for is done by simulated threads only, setting up and
// looking at the end included: a deadlock there is one, too.
class TrialRunner::ProgramRun {
 public:
  ProgramRun(const ConcurrentProgram& program, FiberScheduler& scheduler, SchedulePolicy& policy,
             const CoreMutation* mutation, PersistRecorder* recorder)
      : program_(program),
        scheduler_(scheduler),
        policy_(policy),
        mutation_(mutation),
        recorder_(recorder) {}

  // False when a thread did not come to its end, which the verdict then says.
  bool run(Trial& trial, ProgramFiles& files);
  bool run_one(Trial& trial, const std::function<void()>& body);
  void perform(Trial& trial, ProgramFiles& files, uint32_t thread, uint32_t round,
               const SharedOp& op);

 private:
  bool end(Trial& trial, ScheduledRun run);

  const ConcurrentProgram& program_;
  FiberScheduler& scheduler_;
  SchedulePolicy& policy_;
  const CoreMutation* mutation_;
  PersistRecorder* recorder_;
  uint64_t clock_ = 0;
};

// The event has its place, and its number, from when it begins.
void TrialRunner::ProgramRun::perform(Trial& trial, ProgramFiles& files, uint32_t thread,
                                      uint32_t round, const SharedOp& op) {
  std::vector<Event>& events = trial.concurrent.events;
  const uint64_t number = events.size();
  Event event;
  event.thread = thread;
  event.round = round;
  event.op = op;
  event.invoked = clock_++;
  event.answered = UINT64_MAX;
  events.push_back(event);
  trial.marks.push_back({round, scheduler_.steps(), number, false});
  if (recorder_ != nullptr) recorder_->op_begins(number);
  files.act(event);
  if (recorder_ != nullptr) recorder_->op_ends(number);
  trial.marks.push_back({round, scheduler_.steps(), number, true});
  event.answered = clock_++;
  trial.concurrent.events[number] = event;
}

bool TrialRunner::ProgramRun::end(Trial& trial, ScheduledRun run) {
  trial.choices.insert(trial.choices.end(), run.choices.begin(), run.choices.end());
  trial.steps += run.steps;
  trial.preemptions += run.preemptions;
  trial.traces.push_back(std::move(run.trace));
  if (run.end == RunEnd::completed) return true;
  trial.verdict = verdict_of(run);
  return false;
}

bool TrialRunner::ProgramRun::run_one(Trial& trial, const std::function<void()>& body) {
  const std::array<SimulatedThread, 1> threads = {SimulatedThread{body, 0}};
  return end(trial, scheduler_.run(threads, policy_, nullptr));
}

bool TrialRunner::ProgramRun::run(Trial& trial, ProgramFiles& files) {
  for (uint32_t round = 0; round < program_.rounds.size(); ++round) {
    std::vector<SimulatedThread> threads;
    for (uint32_t thread = 0; thread < program_.threads; ++thread) {
      threads.push_back({[this, &trial, &files, thread, round] {
                           for (const SharedOp& op : program_.rounds[round][thread]) {
                             perform(trial, files, thread, round, op);
                           }
                         },
                         0});
    }
    if (!end(trial, scheduler_.run(threads, policy_, mutation_))) return false;
  }
  return true;
}

// With a plan also recorded, and crashed when it was judged.
ErrorOr<Trial> TrialRunner::run_program(const Case& shown, SchedulePolicy& policy, bool keep_trace,
                                        const CrashPlan* plan) {
  PersistRecorder recorder;
  PersistRecorder* const observer = plan == nullptr ? nullptr : &recorder;
  auto made = LabInMemory::make(subject_, shown, regions_, "", log_, observer);
  if (!made.ok()) return made.error();
  LabInMemory lab = made.take();
  const auto& program = std::get<ConcurrentProgram>(shown.program);
  Trial trial;
  ConcurrentEvidence& evidence = trial.concurrent;
  evidence.program = program;
  evidence.all_or_nothing = subject_.all_or_nothing;
  evidence.atomic_writes = subject_.atomic;
  evidence.faults = shown.faults;
  evidence.garbage_seed = lab.garbage_seed();
  evidence.garbage_blocks = lab.garbage_blocks();
  ProgramRun run(program, keep_trace ? tracing_scheduler_ : scheduler_, policy,
                 shown.mutation ? &*shown.mutation : nullptr, observer);
  std::optional<Error> error;
  auto files = std::make_unique<ProgramFiles>(lab->files(), program, true);
  const auto begin = [&] {
    evidence.before = look_at(*lab, judges_);
    error = files->set_up();
  };
  const auto look = [&] {
    for (const SharedOp& op : files->looks_at_the_end(evidence.events)) {
      run.perform(trial, *files, program.threads, static_cast<uint32_t>(program.rounds.size()), op);
    }
    evidence.after = look_at(*lab, judges_);
    files.reset();
    evidence.emptied = look_at(*lab, judges_);
  };
  RecordedRun recorded;
  bool ended = run.run_one(trial, begin) && !error;
  if (ended && plan != nullptr) {
    const std::span<std::byte> region = lab->region_bytes();
    recorded.before.assign(region.begin(), region.end());
    recorder.start(region);
  }
  ended = ended && run.run(trial, *files);
  if (plan != nullptr) {
    recorded.trace = recorder.stop();
    recorded.events = evidence.events;
  }
  ended = ended && run.run_one(trial, look);
  if (error) return *error;
  if (!ended) {
    static_cast<void>(files.release());  // it points into the lab
    lab.give_up();
    return trial;
  }
  // A crash that was found is of a run that keeps all its promises to those who see its end.
  if (!shown.crash) trial.verdict = judge_all(evidence, judges_);
  if (plan == nullptr || trial.verdict) return trial;
  recorded.program = program;
  look_at_crashes(trial, recorded, shown, *plan);
  return trial;
}

}  // namespace daxlab
