// WRONG: global_zero that locks a zero page at mkwrite, but the one that is not mapped there, and
// returns `locked`. The core refuses.
#include "plugins/hazards/right_faults.h"

namespace {

using namespace daxlab;

class GlobalZeroLocksOtherPage final : public OneZeroPage {
 public:
  GlobalZeroLocksOtherPage(Host&, const OptionValues&) {}

 private:
  FaultResult store(const Fault& fault, FaultOps& ops) noexcept override {
    const FaultResult result = OneZeroPage::store(fault, ops);
    if (result != FaultResult::no_page) return result;
    ops.lock_page(ops.own_zero_page());
    return FaultResult::locked;
  }
};

}  // namespace

DAXLAB_FAULT_PLUGIN(global_zero_locks_other_page, GlobalZeroLocksOtherPage,
                    "wrong: locks another page than the one that faulted", no_options);
