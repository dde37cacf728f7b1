#include "harness/conformance/crash_trial.h"

#include <fmt/format.h>

#include "harness/conformance/lab_trial.h"
#include "harness/crash/check_crashes.h"
#include "harness/histories/random_history.h"

namespace daxlab {
namespace {

#ifdef NDEBUG
constexpr uint64_t crashed_histories = 60;
#else
constexpr uint64_t crashed_histories = 6;
#endif

// Whether whole writes survive is not asked: no strategy says in its interface that they do.
std::optional<Finding> survive(const Subject& subject, uint64_t region_bytes) {
  const CrashPlan plan{.atomic_writes = false, .subsets = 3, .cut_recoveries = 4};
  for (uint64_t seed = subject.seed(); seed < subject.seed() + crashed_histories; ++seed) {
    TraceRecorder recorder(StoresSeen::all);
    const char* const faults[] = {"page_zero", "global_zero", "native_zero"};
    LabSetting setting{.engine = EngineKind::simulator,
                       .fault = faults[seed % 3],
                       .region_bytes = region_bytes,
                       .observer = &recorder};
    std::optional<Finding> finding;
    const std::unique_ptr<Lab> lab = assemble(subject, setting, finding);
    if (lab == nullptr) return finding;
    const RecordedHistory recorded = record_history(*lab, recorder, random_history(seed));
    if (const auto unsafe = lab->failure()) {
      return Finding{"only answers that are safe to follow", *unsafe, {}};
    }
    const CrashVerdict verdict = check_crashes(recorded, plan);
    if (!verdict.finding) continue;
    return Finding{fmt::format("the promise of {} is kept after every crash",
                               name_of(verdict.finding->promise)),
                   fmt::format("{} ({})", verdict.finding->text, to_text(setting, subject.kind())),
                   {}};
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
