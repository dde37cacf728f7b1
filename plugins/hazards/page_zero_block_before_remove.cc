// WRONG: page_zero that maps the block writable before the cached page has left the other mappings:
// until then they read zeros over what is stored here. Linux 4.0 had it the right way round, page
// first.
#include "plugins/hazards/right_faults.h"

namespace {

using namespace daxlab;

class PageZeroBlockBeforeRemove final : public PageForEachHole {
 public:
  PageZeroBlockBeforeRemove(Host&, const OptionValues&) {}

 private:
  FaultResult store(const Fault& fault, FaultOps& ops) noexcept override {
    const Result<Extent> block = ops.get_block_create({fault.pgoff, 1});
    if (!block.ok()) return without_block(block.code());
    const FaultResult result = inserted(ops.insert_block(fault.address, block.value(), true));
    ops.remove_pages({fault.pgoff, 1});
    return result;
  }
};

}  // namespace

DAXLAB_FAULT_PLUGIN(page_zero_block_before_remove, PageZeroBlockBeforeRemove,
                    "wrong: the block is writable here before the cached page is gone elsewhere",
                    no_options);
