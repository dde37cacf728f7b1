#include "harness/crash/check_crashes.h"

#include <fmt/format.h>

#include <unordered_set>

#include "core/base/counters.h"
#include "core/recovery/recovery.h"
#include "core/region/region.h"
#include "harness/crash/check_procedure.h"
#include "harness/crash/crash_image.h"
#include "harness/crash/crash_judge.h"
#include "harness/crash/life_after_recovery.h"

namespace daxlab {
namespace {

// Every so often recovery is run a second time on an image in which it had nothing to do.
constexpr uint64_t second_recovery_every = 16;
// And of the images with some unfenced lines, every so often one is used further; of those without
// any, each.
constexpr uint64_t life_every = 16;

class CrashCheck {
 public:
  CrashCheck(const RecordedHistory& history, const Trace& trace, const CrashPlan& plan)
      : history_(history),
        trace_(trace),
        plan_(plan),
        images_(history.before),
        judge_(plan.atomic_writes) {
    counts_.histories = 1;
  }

  CrashVerdict run();

 private:
  // What a recovery did to the image that it was given.
  struct Recovered {
    std::optional<CrashFinding> finding;
    Recovery recovery;
    Trace stores;
    Trace second_stores;  // of a second one
    Trace life_stores;    // of a program that went on
  };

  void follow(const TraceEvent& event);
  void crash_here();
  void crash_by(std::optional<uint64_t> seed);
  void choose(std::optional<uint64_t> seed);
  Recovered recover_and_judge(std::span<std::byte> image, bool lives);
  std::optional<CrashFinding> recover_again(std::span<std::byte> image, Recovered& first);
  std::optional<CrashFinding> cut_short(std::span<const std::byte> image, const Trace& recovery);
  std::string moment_text(std::optional<uint64_t> seed) const;

  const RecordedHistory& history_;
  const Trace& trace_;
  const CrashPlan& plan_;
  CrashImages images_;
  CrashJudge judge_;
  TraceRecorder recorder_;
  Counters counters_;
  CrashCounts counts_;
  std::unordered_set<uint64_t> fingerprints_;
  std::optional<CrashFinding> finding_;

  uint64_t next_event_ = 0;            // the crash comes before it
  std::optional<uint64_t> in_flight_;  // operation
  bool news_ = true;                   // since the last crash
};

CrashVerdict CrashCheck::run() {
  for (; next_event_ < trace_.events.size() && !finding_; ++next_event_) {
    const TraceEvent& event = trace_.events[next_event_];
    if (event.kind == EventKind::fence) crash_here();
    images_.apply(trace_, event);
    follow(event);
  }
  if (!finding_) crash_here();
  images_.drop_open_lines();
  if (!finding_ && !images_.is_restored()) {
    finding_ =
        CrashFinding{Promise::opening, fmt::format("history of seed {}: recovery stores past "
                                                   "the persist interface",
                                                   history_.seed)};
  }
  counts_.distinct_images = fingerprints_.size();
  return {counts_, finding_};
}

// The judge learns of an operation when it begins: from then on its effect may be there.
void CrashCheck::follow(const TraceEvent& event) {
  if (event.kind == EventKind::op_begins) {
    in_flight_ = event.op;
    const RecordedOp& op = history_.ops[event.op];
    if (op.failed()) return;
    judge_.op_begins(op.op);
    news_ = news_ || op.op.kind == OpKind::sync || op.op.kind == OpKind::view_sync;
  } else if (event.kind == EventKind::op_ends) {
    if (!history_.ops[event.op].failed()) judge_.op_ends();
    in_flight_.reset();
    if (news_) crash_here();
  } else {
    news_ = true;
  }
}

void CrashCheck::crash_here() {
  ++counts_.moments;
  news_ = false;
  crash_by(std::nullopt);
  if (images_.open_lines() == 0) return;
  for (uint64_t i = 0; i < plan_.subsets && !finding_; ++i) {
    crash_by(mix_bits(history_.seed) + next_event_ * 1000 + i);
  }
}

void CrashCheck::choose(std::optional<uint64_t> seed) {
  if (seed) {
    images_.choose(*seed);
  } else {
    images_.drop_open_lines();
  }
}

void CrashCheck::crash_by(std::optional<uint64_t> seed) {
  choose(seed);
  ++counts_.images;
  fingerprints_.insert(images_.fingerprint());
  Recovered recovered =
      recover_and_judge(images_.image(), !seed || counts_.images % life_every == 0);
  images_.undo(recovered.stores);
  images_.undo(recovered.second_stores);
  images_.undo(recovered.life_stores);
  if (!recovered.finding && stores_something(recovered.stores) &&
      counts_.cut_recoveries < plan_.cut_recoveries) {
    ++counts_.cut_recoveries;
    choose(seed);
    recovered.finding = cut_short(images_.image(), recovered.stores);
  }
  if (!recovered.finding) return;
  finding_ = CrashFinding{recovered.finding->promise,
                          fmt::format("{}: {}\n  {}", name_of(recovered.finding->promise),
                                      recovered.finding->text, moment_text(seed))};
}

CrashCheck::Recovered CrashCheck::recover_and_judge(std::span<std::byte> image, bool lives) {
  Recovered result;
  auto region = Region::attach(Medium::over(image), counters_);
  if (!region.ok()) {
    result.finding = CrashFinding{Promise::opening, region.error().message};
    return result;
  }
  recorder_.start(image);
  region.value()->persist().observe(&recorder_);
  auto recovery = recover(*region.value());
  result.stores = recorder_.stop();
  if (!recovery.ok()) {
    result.finding = CrashFinding{Promise::opening, recovery.error().message};
    return result;
  }
  result.recovery = recovery.take();
  result.finding = judge_.judge(*region.value(), result.recovery);
  const bool again = stores_something(result.stores) || counts_.images % second_recovery_every == 0;
  if (!result.finding && again) {
    result.finding = recover_again(image, result);
  }
  if (!result.finding && lives) {
    recorder_.start(image);
    result.finding = live_on(*region.value(), result.recovery.used, counts_.lives++);
    result.life_stores = recorder_.stop();
  }
  return result;
}

std::optional<CrashFinding> CrashCheck::recover_again(std::span<std::byte> image,
                                                      Recovered& first) {
  auto region = Region::attach(Medium::over(image), counters_);
  if (!region.ok()) {
    return CrashFinding{Promise::opening, "after a recovery: " + region.error().message};
  }
  recorder_.start(image);
  region.value()->persist().observe(&recorder_);
  auto second = recover(*region.value());
  first.second_stores = recorder_.stop();
  if (!second.ok()) {
    return CrashFinding{Promise::opening, "after a recovery: " + second.error().message};
  }
  if (stores_something(first.second_stores) || second.value().used != first.recovery.used) {
    return CrashFinding{Promise::opening, "a second recovery has something left to do"};
  }
  return std::nullopt;
}

// Crashes while recovering: the next recovery gets to a legal region too, and after one that
// returned has nothing left to do. (The first need not find the same blocks in use: one that was
// cut short may leave a map with a node in which nothing is.)
std::optional<CrashFinding> CrashCheck::cut_short(std::span<const std::byte> image,
                                                  const Trace& recovery) {
  const ImageJudge look = [this](std::span<std::byte> left, bool is_over) {
    Recovered again = recover_and_judge(left, false);
    if (!again.finding && is_over && stores_something(again.stores)) {
      again.finding = CrashFinding{Promise::opening, "what recovery did is not durable"};
    }
    if (again.finding) again.finding->text = "recovering again: " + again.finding->text;
    return again.finding;
  };
  auto finding = check_procedure(image, recovery, look, 1, next_event_).finding;
  // Named once, by crash_by.
  if (finding) finding->text.erase(0, std::string_view(name_of(finding->promise)).size() + 2);
  return finding;
}

std::string CrashCheck::moment_text(std::optional<uint64_t> seed) const {
  std::string text = fmt::format("history of seed {}, ", history_.seed);
  text += in_flight_
              ? fmt::format("in op {} '{}'{}", *in_flight_, to_text(history_.ops[*in_flight_].op),
                            history_.ops[*in_flight_].failed() ? ", which failed" : "")
              : "between operations";
  if (next_event_ < trace_.events.size()) {
    const TraceEvent& event = trace_.events[next_event_];
    text += fmt::format(", before event {}", next_event_);
    if (event.kind == EventKind::fence) text += " (fence at " + place_of(event.where) + ")";
  } else {
    text += ", at the end";
  }
  return text + (seed ? fmt::format(", unfenced lines chosen by {}", *seed)
                      : std::string(", all unfenced lines lost"));
}

}  // namespace

CrashVerdict check_crashes(const RecordedHistory& history, const CrashPlan& plan) {
  return check_crashes(history, history.trace, plan);
}

CrashVerdict check_crashes(const RecordedHistory& history, const Trace& trace,
                           const CrashPlan& plan) {
  return CrashCheck(history, trace, plan).run();
}

std::optional<std::string> find_unrecorded_store(const RecordedHistory& history) {
  CrashImages images(history.before);
  for (const TraceEvent& event : history.trace.events) {
    if (event.kind == EventKind::flush && !images.explains(history.trace, event)) {
      return fmt::format(
          "history of seed {}: the flush at {} finds bytes from {} on that nobody told of",
          history.seed, place_of(event.where), event.offset_bytes);
    }
    images.apply(history.trace, event);
  }
  return std::nullopt;
}

}  // namespace daxlab
