// Goes through the trace of any recorded run, and crashes it wherever that can matter.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <unordered_set>
#include <vector>

#include "core/base/counters.h"
#include "harness/crash/crash_follower.h"
#include "harness/crash/crash_image.h"
#include "harness/crash/crash_moment.h"
#include "harness/crash/crash_plan.h"
#include "harness/crash/crash_verdict.h"
#include "harness/crash/image_choices.h"
#include "harness/crash/image_recovery.h"
#include "harness/crash/persist_trace.h"
#include "harness/crash/stored_lines.h"

namespace daxlab {

// All outlive it, but the plan. One of the two is called, once.
class CrashRun {
 public:
  CrashRun(std::span<const std::byte> before, const PersistTrace& trace, CrashFollower& follower,
           const CrashPlan& plan);

  CrashVerdict check();
  // One crash, with all that can be asked of it; the plan has the moment's domain.
  std::optional<CrashFinding> replay(const CrashMoment& moment);

 private:
  void follow(const PersistEvent& event);
  void crash_here();
  uint64_t share_of_images();
  bool is_over_budget();
  bool is_known(uint64_t fingerprint) const;
  bool is_known_moment();
  void crash_by(uint64_t image);
  void put(uint64_t image);
  std::optional<CrashFinding> look_at(uint64_t image, const RecoveryQuestions& questions,
                                      bool cuts);
  std::optional<CrashFinding> cut_short(uint64_t image);
  std::string moment_text(uint64_t image) const;
  // The same at every time, so that a life can be lived again.
  uint64_t life_seed(uint64_t image) const { return mix_bits(next_event_ * 31 + image); }

  const PersistTrace& trace_;
  CrashFollower& follower_;
  const CrashPlan plan_;
  CrashImages images_;
  ImageChoices choices_;
  Counters counters_;
  StoredLines stored_;
  ImageRecovery recovery_;
  CrashCounts counts_;
  std::unordered_set<uint64_t> fingerprints_;
  std::unordered_set<uint64_t> judged_;  // since what is legal became less
  std::optional<CrashFinding> finding_;
  uint64_t end_ns_ = 0;  // when time is up

  // With an image, or with all that is open, what a verdict depends on.
  uint64_t fingerprint_of_marks_ = 0;
  uint64_t fingerprint_of_events_;  // those before the crash, and the domain
  uint64_t next_event_ = 0;         // the crash comes before it
  bool news_ = true;                // since the last crash
  uint64_t moments_left_ = 0;       // at most
};

// Of all in an event that verdicts depend on. Operations count as they were, whatever their number
// in the run.
uint64_t fingerprint_of(const PersistTrace& trace, const PersistEvent& event,
                        const CrashFollower& follower);

// With the persistence domain that the moment speaks of.
CrashPlan plan_for(CrashPlan plan, const CrashMoment& moment);

}  // namespace daxlab
