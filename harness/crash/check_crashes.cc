#include "harness/crash/check_crashes.h"

#include <fmt/format.h>

#include "harness/crash/concurrent_crash_judge.h"
#include "harness/crash/crash_judge.h"
#include "harness/crash/crash_run.h"

namespace daxlab {
namespace {

// A history of one thread: an operation that failed has changed nothing.
class HistoryFollower final : public CrashFollower {
 public:
  HistoryFollower(const RecordedHistory& history, const CrashPlan& plan)
      : history_(history), judge_(plan.atomic_writes) {}

  void op_begins(uint64_t op) override {
    in_flight_ = op;
    if (!history_.ops[op].failed()) judge_.op_begins(history_.ops[op].op);
  }
  void op_ends(uint64_t op) override {
    in_flight_.reset();
    if (!history_.ops[op].failed()) judge_.op_ends();
  }
  bool promises(uint64_t op) const override {
    const OpKind kind = history_.ops[op].op.kind;
    return !history_.ops[op].failed() && (kind == OpKind::sync || kind == OpKind::view_sync);
  }
  std::optional<CrashFinding> judge(Region& region, const Recovery& recovery) const override {
    return judge_.judge(region, recovery);
  }
  // Runs of one history are all alike.
  uint64_t fingerprint(uint64_t op) const override { return mix_bits(op); }
  std::string run_text() const override { return fmt::format("history of seed {}", history_.seed); }
  std::string moment_text() const override {
    if (!in_flight_) return "between operations";
    return fmt::format("in op {} '{}'{}", *in_flight_, to_text(history_.ops[*in_flight_].op),
                       history_.ops[*in_flight_].failed() ? ", which failed" : "");
  }

 private:
  const RecordedHistory& history_;
  CrashJudge judge_;
  std::optional<uint64_t> in_flight_;
};

uint64_t fingerprint_of(const PersistTrace& trace, const CrashFollower& follower) {
  uint64_t hash = 0;
  for (const PersistEvent& event : trace.events) {
    hash = mix_bits(hash ^ fingerprint_of(trace, event, follower));
  }
  return hash;
}

CrashVerdict check_domain(const RecordedRun& run, const PersistTrace& trace,
                          const CrashPlan& plan) {
  ConcurrentCrashJudge follower(run.program, run.events);
  return CrashRun(run.before, trace, follower, plan).check();
}

std::optional<std::string> unrecorded_store(std::span<const std::byte> before,
                                            const PersistTrace& trace, const std::string& run) {
  CrashImages images(before);
  for (const PersistEvent& event : trace.events) {
    if (event.kind == EventKind::flush && !images.explains(trace, event)) {
      return fmt::format("{}: the flush at {} finds bytes from {} on that nobody told of", run,
                         place_of(event.where), event.offset_bytes);
    }
    images.apply(trace, event);
  }
  return std::nullopt;
}

}  // namespace

CrashVerdict check_crashes(const RecordedHistory& history, const PersistTrace& trace,
                           const CrashPlan& plan) {
  HistoryFollower follower(history, plan);
  return CrashRun(history.before, trace, follower, plan).check();
}

CrashVerdict check_crashes(const RecordedRun& run, const PersistTrace& trace,
                           const CrashPlan& plan) {
  if (plan.known != nullptr) {
    const ConcurrentCrashJudge follower(run.program, run.events);
    if (!plan.known->insert(fingerprint_of(trace, follower)).second) {
      CrashVerdict known;
      known.counts.known_runs = 1;
      return known;
    }
  }
  CrashVerdict verdict = check_domain(run, trace, plan);
  if (verdict.finding || !plan.both_domains) return verdict;
  CrashPlan other = plan;
  other.domain =
      plan.domain == PersistenceDomain::adr ? PersistenceDomain::eadr : PersistenceDomain::adr;
  const CrashVerdict second = check_domain(run, trace, other);
  verdict.counts += second.counts;
  verdict.finding = second.finding;
  return verdict;
}

CrashVerdict check_crashes(const RecordedHistory& history, const CrashPlan& plan) {
  return check_crashes(history, history.trace, plan);
}

CrashVerdict check_crashes(const RecordedRun& run, const CrashPlan& plan) {
  return check_crashes(run, run.trace, plan);
}

std::optional<CrashFinding> replay_crash(const RecordedHistory& history, const CrashPlan& plan,
                                         const CrashMoment& moment) {
  HistoryFollower follower(history, plan);
  return CrashRun(history.before, history.trace, follower, plan_for(plan, moment)).replay(moment);
}

std::optional<CrashFinding> replay_crash(const RecordedRun& run, const CrashPlan& plan,
                                         const CrashMoment& moment) {
  ConcurrentCrashJudge follower(run.program, run.events);
  return CrashRun(run.before, run.trace, follower, plan_for(plan, moment)).replay(moment);
}

std::optional<std::string> find_unrecorded_store(const RecordedHistory& history) {
  return unrecorded_store(history.before, history.trace,
                          fmt::format("history of seed {}", history.seed));
}

std::optional<std::string> find_unrecorded_store(const RecordedRun& run) {
  return unrecorded_store(run.before, run.trace,
                          fmt::format("program of seed {}", run.program.seed));
}

}  // namespace daxlab
