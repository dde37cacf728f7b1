// WRONG: global_zero that maps one block more than it was given: behind a file's last block lies
// another file's. The core refuses it.
#include "plugins/hazards/right_faults.h"

namespace {

using namespace daxlab;

class GlobalZeroOneBlockTooMany final : public OneZeroPage {
 public:
  GlobalZeroOneBlockTooMany(Host&, const OptionValues&) {}

 private:
  FaultResult load(const Fault& fault, FaultOps& ops) noexcept override {
    Extent extent = ops.find_block({fault.pgoff, fault.window.end() - fault.pgoff});
    if (extent.blocks == 0) return FaultResult::no_page;
    if (extent.is_hole()) return load_hole(fault, ops);
    ++extent.blocks;
    return inserted(ops.insert_block(fault.address, extent, false));
  }
};

}  // namespace

DAXLAB_FAULT_PLUGIN(global_zero_one_block_too_many, GlobalZeroOneBlockTooMany,
                    "wrong: one block more than was given is mapped", no_options);
