// WRONG: global_zero that takes a lock of its own for a store and returns without giving it back
// when there is no space: the next store waits for ever. Linux commit f52afc93cd01 ("dax: Fix
// deadlock in dax_lock_mapping_entry()", 2018) mended a lock that one path forgot.
#include "plugins/hazards/right_faults.h"

namespace {

using namespace daxlab;

class GlobalZeroKeepsLockWhenFull final : public OneZeroPage {
 public:
  GlobalZeroKeepsLockWhenFull(Host& host, const OptionValues&) : host_(host) {}

 private:
  FaultResult store(const Fault& fault, FaultOps& ops) noexcept override {
    host_.lock(lock_);
    const FaultResult result = OneZeroPage::store(fault, ops);
    if (result == FaultResult::sigbus) return result;
    host_.unlock(lock_);
    return result;
  }

  Host& host_;
  uint32_t lock_ = 0;
};

}  // namespace

DAXLAB_FAULT_PLUGIN(global_zero_keeps_lock_when_full, GlobalZeroKeepsLockWhenFull,
                    "wrong: a lock is kept when there is no space", no_options);
