// WRONG: global_zero that maps the new block writable and only then invalidates the other mappings.
// Another thread stores through the first mapping, without a fault, and still reads zeros through a
// second one. The window is a few instructions long, and no lock closes it: the second store takes
// none.
#include "plugins/hazards/right_faults.h"

namespace {

using namespace daxlab;

class GlobalZeroWritableBeforeUnmap final : public OneZeroPage {
 public:
  GlobalZeroWritableBeforeUnmap(Host&, const OptionValues&) {}

 private:
  FaultResult store(const Fault& fault, FaultOps& ops) noexcept override {
    const Extent present = ops.find_block({fault.pgoff, 1});
    if (present.blocks == 0) return FaultResult::no_page;
    if (!present.is_hole()) return inserted(ops.insert_block(fault.address, present, true));
    const Result<Extent> block = ops.get_block_create({fault.pgoff, 1});
    if (!block.ok()) return without_block(block.code());
    const FaultResult result = inserted(ops.insert_block(fault.address, block.value(), true));
    ops.unmap_other_mappings({fault.pgoff, 1});
    return result;
  }
};

}  // namespace

DAXLAB_FAULT_PLUGIN(global_zero_writable_before_unmap, GlobalZeroWritableBeforeUnmap,
                    "wrong: the block is writable here before zeros are gone elsewhere",
                    no_options);
