#include "harness/conformance/alloc_signal.h"

#include "harness/conformance/alloc_trial.h"
#include "harness/conformance/call_traps.h"
#include "harness/histories/random.h"

namespace daxlab {
namespace {

void work(AllocTrial& trial, uint64_t seed) {
  Random random(seed);
  std::vector<Extent> held;
  for (uint64_t step = 0; step < 3000 && !trial.failed(); ++step) {
    if (random.percent(step < 1500 ? 60 : 40)) {
      const uint64_t most = random.between(1, 30);
      const auto extent = trial.allocate(
          {random.below(3000), random.between(1, most), most, uint64_t{1} << random.below(4)});
      if (extent) held.push_back(*extent);
    } else if (!held.empty()) {
      std::swap(held[random.below(held.size())], held.back());
      trial.free(held.back());
      held.pop_back();
    }
    if (step % 16 == 0) trial.check_free_space();
  }
}

}  // namespace

std::optional<Finding> calls_nothing_unsafe_in_a_fault(const Subject& subject) {
  if (!subject.signal_safe()) return std::nullopt;  // never asked in a fault
  AllocTrial trial(subject, Geometry{5, 2005}, {{50, 7}, {800, 100}});
  if (trial.failed()) return trial.finding();  // it could not begin
  CallTraps traps(subject.plugin().plugin.alloc(), subject.log());
  traps.set(true);
  work(trial, subject.seed());
  traps.set(false);
  return std::nullopt;  // wrong answers are what other checks are for
}

}  // namespace daxlab
