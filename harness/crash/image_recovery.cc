#include "harness/crash/image_recovery.h"

#include "core/recovery/region_check.h"
#include "harness/crash/life_after_recovery.h"

namespace daxlab {

// An image whose superblocks are those of the last one is attached to as that was.
ErrorOr<Region*> ImageRecovery::attach(std::span<std::byte> image, std::unique_ptr<Region>& kept) {
  if (kept != nullptr && !superblock_is_damaged(*kept, 0) &&
      !superblock_is_damaged(*kept, kept->blocks() - 1)) {
    return kept.get();
  }
  auto region = Region::attach(Medium::over(image), counters_);
  if (!region.ok()) return region.error();
  kept = region.take();
  return kept.get();
}

RecoveredImage ImageRecovery::recover_and_judge(std::span<std::byte> image,
                                                const RecoveryQuestions& questions,
                                                StoredLines& stored) {
  RecoveredImage result;
  stored.start(image);
  std::unique_ptr<Region> other;
  auto attached = attach(image, image.data() == usual_place_ ? region_ : other);
  if (!attached.ok()) {
    result.finding = CrashFinding{.text = attached.error().message};
    return result;
  }
  Region& region = *attached.value();
  region.persist().observe(&stored);
  auto recovery = recover(region);
  result.stored = !stored.lines().empty();
  if (!recovery.ok()) {
    result.finding = CrashFinding{.text = recovery.error().message};
    return result;
  }
  result.finding = follower_.judge(region, recovery.value());
  if (!result.finding && (result.stored || questions.again)) {
    result.finding = recover_again(image, recovery.value(), stored);
  }
  if (!result.finding && questions.lives) {
    result.lived = true;
    result.finding = live_on(region, recovery.value().used, questions.life_seed);
  }
  return result;
}

std::optional<CrashFinding> ImageRecovery::recover_again(std::span<std::byte> image,
                                                         const Recovery& first,
                                                         StoredLines& stored) {
  auto region = Region::attach(Medium::over(image), counters_);
  if (!region.ok()) {
    return CrashFinding{.text = "after a recovery: " + region.error().message};
  }
  const size_t stores = stored.lines().size();
  region.value()->persist().observe(&stored);
  auto second = recover(*region.value());
  if (!second.ok()) {
    return CrashFinding{.text = "after a recovery: " + second.error().message};
  }
  if (stored.lines().size() != stores || second.value().used != first.used) {
    return CrashFinding{.text = "a second recovery has something left to do"};
  }
  return std::nullopt;
}

}  // namespace daxlab
