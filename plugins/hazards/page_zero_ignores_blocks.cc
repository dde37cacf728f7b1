// WRONG: page_zero that does not ask for a block before it maps a cached zero page: data that is
// there reads as zeros. What a reader did in Linux when a block came between its lookup and its
// insertion, before faults took a lock for the entry (commit ac401cc78242, "dax: New fault
// locking", 2016).
#include "plugins/hazards/right_faults.h"

namespace {

using namespace daxlab;

class PageZeroIgnoresBlocks final : public PageForEachHole {
 public:
  PageZeroIgnoresBlocks(Host&, const OptionValues&) {}

 private:
  FaultResult load(const Fault& fault, FaultOps& ops) noexcept override {
    return load_hole(fault, ops);
  }
};

}  // namespace

DAXLAB_FAULT_PLUGIN(page_zero_ignores_blocks, PageZeroIgnoresBlocks,
                    "wrong: a read fault never looks for a block", no_options);
