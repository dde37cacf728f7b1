// WRONG: global_zero that returns `locked` at mkwrite without having locked the zero page: the
// caller would unlock what another thread holds. The mail insists on the lock ("mkwrite must lock
// the original page"). The core looks, and refuses.
#include "plugins/hazards/right_faults.h"

namespace {

using namespace daxlab;

class GlobalZeroLockedWithoutLock final : public OneZeroPage {
 public:
  GlobalZeroLockedWithoutLock(Host&, const OptionValues&) {}

 private:
  FaultResult store(const Fault& fault, FaultOps& ops) noexcept override {
    const FaultResult result = OneZeroPage::store(fault, ops);
    return result == FaultResult::no_page ? FaultResult::locked : result;
  }
};

}  // namespace

DAXLAB_FAULT_PLUGIN(global_zero_locked_without_lock, GlobalZeroLockedWithoutLock,
                    "wrong: returns `locked` without the lock", no_options);
