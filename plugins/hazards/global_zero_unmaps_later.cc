// WRONG: global_zero that lets go of the page's lock before it invalidates the other mappings: it
// notes what it owes and pays at the next fault of the same mapping. In between, others read zeros
// over stored data. Before DAX, Linux's XIP had the race of putting shared zero pages into mappings
// and taking them out (commit 538f8ea6c852, "mm: xip fix fault vs sparse page invalidate race").
#include "plugins/hazards/right_faults.h"

namespace {

using namespace daxlab;

class GlobalZeroUnmapsLater final : public OneZeroPage {
 public:
  GlobalZeroUnmapsLater(Host& host, const OptionValues&) : host_(host) {}

 private:
  struct Debt {
    uint64_t mapping_start = 0;
    uint64_t pgoff = 0;
  };

  FaultResult load(const Fault& fault, FaultOps& ops) noexcept override {
    pay(fault, ops);
    return OneZeroPage::load(fault, ops);
  }
  FaultResult store(const Fault& fault, FaultOps& ops) noexcept override {
    pay(fault, ops);
    const Extent present = ops.find_block({fault.pgoff, 1});
    if (present.blocks == 0) return FaultResult::no_page;
    if (!present.is_hole()) return inserted(ops.insert_block(fault.address, present, true));
    const Result<Extent> block = ops.get_block_create({fault.pgoff, 1});
    if (!block.ok()) return without_block(block.code());
    host_.lock(lock_);
    debt_ = {fault.mapping_start, fault.pgoff};
    host_.unlock(lock_);
    return inserted(ops.insert_block(fault.address, block.value(), true));
  }
  void pay(const Fault& fault, FaultOps& ops) noexcept {
    host_.lock(lock_);
    const Debt debt = debt_;
    if (debt.mapping_start == fault.mapping_start) debt_ = {};
    host_.unlock(lock_);
    if (debt.mapping_start == fault.mapping_start) ops.unmap_other_mappings({debt.pgoff, 1});
  }

  Host& host_;
  uint32_t lock_ = 0;
  Debt debt_;
};

}  // namespace

DAXLAB_FAULT_PLUGIN(global_zero_unmaps_later, GlobalZeroUnmapsLater,
                    "wrong: other mappings are invalidated after the page was unlocked",
                    no_options);
