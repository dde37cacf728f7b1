// WRONG: global_zero that keeps a table of pages that were holes and does not ask again, nor hears
// of writes: a cache of lookups that outlives what it speaks of. Linux commit d2dc317d564a ("ext4:
// fix data corruption caused by unwritten and delayed extents", 2015) mended a stale status of an
// extent.
#include "plugins/hazards/right_faults.h"

namespace {

using namespace daxlab;

class GlobalZeroRemembersHoles final : public OneZeroPage {
 public:
  GlobalZeroRemembersHoles(Host& host, const OptionValues&) : host_(host) {}

 private:
  static constexpr uint64_t slots = 256;
  struct Hole {
    uint64_t mapping_start = 0;
    uint64_t pgoff = 0;
    friend bool operator==(const Hole&, const Hole&) = default;
  };

  FaultResult load(const Fault& fault, FaultOps& ops) noexcept override {
    const Hole here{fault.mapping_start, fault.pgoff};
    host_.lock(lock_);
    const bool known = holes_[fault.pgoff % slots] == here;
    host_.unlock(lock_);
    return known ? OneZeroPage::load_hole(fault, ops) : OneZeroPage::load(fault, ops);
  }
  FaultResult load_hole(const Fault& fault, FaultOps& ops) noexcept override {
    host_.lock(lock_);
    holes_[fault.pgoff % slots] = {fault.mapping_start, fault.pgoff};
    host_.unlock(lock_);
    return OneZeroPage::load_hole(fault, ops);
  }
  FaultResult store(const Fault& fault, FaultOps& ops) noexcept override {
    host_.lock(lock_);
    holes_[fault.pgoff % slots] = {};
    host_.unlock(lock_);
    return OneZeroPage::store(fault, ops);
  }

  Host& host_;
  uint32_t lock_ = 0;
  Hole holes_[slots] = {};
};

}  // namespace

DAXLAB_FAULT_PLUGIN(global_zero_remembers_holes, GlobalZeroRemembersHoles,
                    "wrong: a hole is believed to be one for ever", no_options);
