#include "harness/conformance/lab_checks.h"

#include <fmt/format.h>

#include "harness/conformance/instance_use.h"
#include "harness/conformance/lab_trial.h"
#include "harness/histories/concurrent.h"
#include "harness/histories/random_history.h"

namespace daxlab {
namespace {

using Found = std::optional<Finding>;

#ifdef NDEBUG
constexpr uint64_t checked_histories = 200;
constexpr uint64_t concurrent_histories = 40;
#else  // builds with assertions and sanitizers are some ten times slower
constexpr uint64_t checked_histories = 40;
constexpr uint64_t concurrent_histories = 10;
#endif

Found answers_like_the_model(const Subject& subject, EngineKind engine) {
  for (const LabSetting& setting : all_settings(subject.kind())) {
    if (setting.engine != engine) continue;
    auto finding = on_lab(subject, setting, [&](Lab& lab) -> Found {
      for (uint64_t seed = subject.seed(); seed < subject.seed() + checked_histories; ++seed) {
        if (auto found = check_history(subject, setting, lab, random_history(seed))) {
          found->seen += fmt::format(" (history of seed {})", seed);
          return found;
        }
      }
      return std::nullopt;
    });
    if (finding) return finding;
  }
  return std::nullopt;
}

}  // namespace

Found answers_like_the_model_on_the_mmu(const Subject& subject) {
  return answers_like_the_model(subject, EngineKind::mmu);
}
Found answers_like_the_model_on_the_simulator(const Subject& subject) {
  return answers_like_the_model(subject, EngineKind::simulator);
}

Found some_order_explains_threads(const Subject& subject) {
  for (const LabSetting& setting : all_settings(subject.kind())) {
    if (setting.engine != EngineKind::mmu) continue;  // the simulator's faults are not in parallel
    auto finding = on_lab(subject, setting, [&](Lab& lab) -> Found {
      const ConcurrentVerdict verdict =
          check_concurrent_histories(lab.files(), subject.seed(), concurrent_histories, 4);
      if (!verdict.failure) return std::nullopt;
      return Finding{"some order explains what threads saw of each word", *verdict.failure, {}};
    });
    if (finding) return finding;
  }
  return std::nullopt;
}

Found labs_give_everything_back(const Subject& subject) {
  return check_use_of_cycles([&] {
    // Some 200 labs, each with memory in all of its region.
    const LabSetting setting{.region_bytes = uint64_t{1} << 20};
    return on_lab(subject, setting, [&](Lab& lab) {
      return check_history(subject, setting, lab, random_history(subject.seed()));
    });
  });
}

}  // namespace daxlab
