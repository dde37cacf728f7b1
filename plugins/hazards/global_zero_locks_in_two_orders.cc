// WRONG: global_zero that takes its own lock and the zero page's in one order at a read fault, in
// the other at mkwrite: two threads may wait for each other for ever. DAX had several such in 2015
// (Linux commit 0f90cc6609c7, "mm, dax: fix DAX deadlocks") and one between the entry's lock and a
// file system's (9f141d6ef625, 2016).
#include "plugins/hazards/right_faults.h"

namespace {

using namespace daxlab;

class GlobalZeroLocksInTwoOrders final : public OneZeroPage {
 public:
  GlobalZeroLocksInTwoOrders(Host& host, const OptionValues&) : host_(host) {}

  FaultResult page_mkwrite(const Fault& fault, FaultOps& ops) noexcept override {
    ops.lock_page(fault.page);
    host_.lock(lock_);
    ++stores_;
    host_.unlock(lock_);
    const FaultResult result = OneZeroPage::page_mkwrite(fault, ops);
    return result == FaultResult::no_page ? FaultResult::locked : result;
  }

 private:
  FaultResult load_hole(const Fault& fault, FaultOps& ops) noexcept override {
    host_.lock(lock_);
    ops.lock_page(ops.kernel_zero_page());
    ++loads_;
    host_.unlock(lock_);
    return OneZeroPage::load_hole(fault, ops);
  }

  Host& host_;
  uint32_t lock_ = 0;
  uint64_t loads_ = 0;
  uint64_t stores_ = 0;
};

}  // namespace

DAXLAB_FAULT_PLUGIN(global_zero_locks_in_two_orders, GlobalZeroLocksInTwoOrders,
                    "wrong: two locks are taken in two orders", no_options);
