// Recovers what a crash left, and asks whether that is as it should be.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "core/base/counters.h"
#include "core/base/error_or.h"
#include "core/recovery/recovery.h"
#include "core/region/region.h"
#include "harness/crash/crash_follower.h"
#include "harness/crash/crash_verdict.h"
#include "harness/crash/stored_lines.h"

namespace daxlab {

// What is asked of an image besides that it can be recovered and is legal.
struct RecoveryQuestions {
  bool again = false;  // a second recovery has nothing to do; always asked if the first one stored
  bool lives = false;  // it can be used further
  uint64_t life_seed = 0;
};

struct RecoveredImage {
  std::optional<CrashFinding> finding;  // the first
  bool stored = false;                  // recovery did
  bool lived = false;                   // it was used further
};

class ImageRecovery {
 public:
  // Most images lie there, one after the other, and are attached to once for all of them where that
  // shows no difference. All outlive it.
  ImageRecovery(const CrashFollower& follower, std::span<const std::byte> usual_place,
                Counters& counters)
      : follower_(follower), usual_place_(usual_place.data()), counters_(counters) {}

  // `stored` begins anew and is told all that is stored to the image; of one at the usual place it
  // outlives this object.
  RecoveredImage recover_and_judge(std::span<std::byte> image, const RecoveryQuestions& questions,
                                   StoredLines& stored);

 private:
  ErrorOr<Region*> attach(std::span<std::byte> image, std::unique_ptr<Region>& kept);
  std::optional<CrashFinding> recover_again(std::span<std::byte> image, const Recovery& first,
                                            StoredLines& stored);

  const CrashFollower& follower_;
  const std::byte* usual_place_;
  Counters& counters_;
  std::unique_ptr<Region> region_;  // at the usual place
};

}  // namespace daxlab
