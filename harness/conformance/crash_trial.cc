#include "harness/conformance/crash_trial.h"

#include <fmt/format.h>

#include <chrono>

#include "harness/conformance/lab_trial.h"
#include "harness/crash/check_crashes.h"
#include "harness/histories/random_history.h"
#include "harness/histories/replay.h"

namespace daxlab {
namespace {

#ifdef NDEBUG
constexpr uint64_t crashed_histories = 60;
#else
constexpr uint64_t crashed_histories = 6;
#endif

constexpr std::chrono::seconds longest_crash_shortening{2};

// One history, and what its crashes leave.
class CrashedHistory {
 public:
  CrashedHistory(const Subject& subject, uint64_t region_bytes, uint64_t seed) : subject_(subject) {
    const char* const faults[] = {"page_zero", "global_zero", "native_zero"};
    setting_ = {
        .engine = EngineKind::simulator, .fault = faults[seed % 3], .region_bytes = region_bytes};
  }

  std::optional<Finding> check(const History& history) const {
    PersistRecorder recorder(StoresSeen::all);
    LabSetting setting = setting_;
    setting.observer = &recorder;
    std::optional<Finding> finding;
    const std::unique_ptr<Lab> lab = assemble(subject_, setting, finding);
    if (lab == nullptr) return finding;
    const RecordedHistory recorded = record_history(*lab, recorder, history);
    if (const auto unsafe = lab->failure()) {
      return Finding{"only answers that are safe to follow", *unsafe, {}, "unsafe answer"};
    }
    // Whether whole writes survive is not asked: no strategy says in its interface that they do.
    const CrashPlan plan{.atomic_writes = false, .subsets = 3, .cut_recoveries = 4};
    const CrashVerdict verdict = check_crashes(recorded, plan);
    if (!verdict.finding) return std::nullopt;
    return Finding{fmt::format("the promise of {} is kept after every crash",
                               name_of(verdict.finding->promise)),
                   fmt::format("{} ({})", verdict.finding->text, to_text(setting, subject_.kind())),
                   {}};
  }

  // With the fewest operations that are found to break the same promise.
  Finding shortest(const History& history, Finding finding) const {
    const auto deadline = std::chrono::steady_clock::now() + longest_crash_shortening;
    const History shorter = shortened(history, [&](const History& candidate) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      const auto found = check(candidate);
      if (!found || found->expected != finding.expected) return false;
      finding = *found;
      return true;
    });
    for (const Op& op : shorter.ops) finding.steps.push_back(to_text(op));
    return finding;
  }

 private:
  const Subject& subject_;
  LabSetting setting_;
};

std::optional<Finding> survive(const Subject& subject, uint64_t region_bytes) {
  for (uint64_t seed = subject.seed(); seed < subject.seed() + crashed_histories; ++seed) {
    const CrashedHistory crashed(subject, region_bytes, seed);
    const History history = random_history(seed);
    if (auto finding = crashed.check(history)) return crashed.shortest(history, *finding);
  }
  return std::nullopt;
}

}  // namespace

std::optional<Finding> survives_crashes(const Subject& subject) {
  return survive(subject, uint64_t{512} << 10);
}
std::optional<Finding> survives_crashes_without_space(const Subject& subject) {
  return survive(subject, uint64_t{64} << 10);
}

}  // namespace daxlab
