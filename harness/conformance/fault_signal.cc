#include "harness/conformance/fault_signal.h"

#include "harness/conformance/call_traps.h"
#include "harness/conformance/lab_trial.h"
#include "harness/histories/random_history.h"
#include "harness/histories/replay.h"

namespace daxlab {
namespace {

constexpr uint64_t trapped_histories = 20;

// What create() below stands for: a plugin's functions are given nothing else.
constinit const FaultPlugin* trapped_plugin = nullptr;
constinit CallTraps* traps_of_plugin = nullptr;

// The strategy itself, with traps around the calls that serve faults.
class TrappedFaults final : public FaultStrategy {
 public:
  explicit TrappedFaults(FaultStrategy& inner) : inner_(inner) {}
  FaultStrategy& inner() const { return inner_; }

  HoleBacking hole_backing() const noexcept override { return inner_.hole_backing(); }
  FaultResult fault(const Fault& fault, FaultOps& ops) noexcept override {
    traps_of_plugin->set(true);
    const FaultResult result = inner_.fault(fault, ops);
    traps_of_plugin->set(false);
    return result;
  }
  FaultResult page_mkwrite(const Fault& fault, FaultOps& ops) noexcept override {
    traps_of_plugin->set(true);
    const FaultResult result = inner_.page_mkwrite(fault, ops);
    traps_of_plugin->set(false);
    return result;
  }
  void before_fill(PageRange range, FaultOps& ops) noexcept override {
    inner_.before_fill(range, ops);
  }
  void after_punch(PageRange range, FaultOps& ops) noexcept override {
    inner_.after_punch(range, ops);
  }

 private:
  FaultStrategy& inner_;
};

FaultStrategy* create_trapped(Host& host, const OptionValues& options) noexcept {
  FaultStrategy* const inner = trapped_plugin->create(host, options);
  return inner == nullptr ? nullptr : new TrappedFaults(*inner);
}

void destroy_trapped(FaultStrategy* strategy) noexcept {
  auto* const trapped = static_cast<TrappedFaults*>(strategy);
  trapped_plugin->destroy(&trapped->inner());
  delete trapped;
}

}  // namespace

std::optional<Finding> faults_call_nothing_unsafe(const Subject& subject) {
  CallTraps traps(subject.plugin().plugin.fault(), subject.log());
  traps_of_plugin = &traps;
  trapped_plugin = subject.plugin().plugin.fault();
  const FaultPlugin trapped{trapped_plugin->info, &create_trapped, &destroy_trapped};
  const Subject watched = subject.with_fault(trapped);
  for (const LabSetting& setting : all_settings(PluginKind::fault)) {
    if (setting.engine != EngineKind::mmu) continue;
    std::optional<Finding> finding;
    const auto lab = assemble(watched, setting, finding);
    if (lab == nullptr) return finding;
    // Wrong answers are what other checks are for.
    for (uint64_t i = 0; i < trapped_histories && !lab->failure(); ++i) {
      static_cast<void>(find_difference(lab->files(), random_history(subject.seed() + i)));
    }
  }
  return std::nullopt;
}

}  // namespace daxlab
