// WRONG: global_zero that leaves the zero page in other mappings when a block takes the hole's
// place. They go on reading zeros over stored data (seen in the kernel by xfstests generic/428).
#include "daxlab/fault.h"
#include "daxlab/fault_steps.h"

namespace {

using namespace daxlab;

class GlobalZeroWithoutUnmap final : public FaultStrategy {
 public:
  GlobalZeroWithoutUnmap(Host&, const OptionValues&) {}

  HoleBacking hole_backing() const noexcept override { return HoleBacking::trap; }

  FaultResult fault(const Fault& fault, FaultOps& ops) noexcept override {
    if (fault.write) return give_block(fault, ops);
    Extent extent = ops.find_block({fault.pgoff, 1});
    if (extent.blocks == 0) return FaultResult::no_page;
    if (!extent.is_hole()) return inserted(ops.insert_block(fault.address, extent, false));
    return inserted(ops.insert_page(fault.address, ops.kernel_zero_page(), 1));
  }

  FaultResult page_mkwrite(const Fault& fault, FaultOps& ops) noexcept override {
    Fault repaired = fault;
    repaired.pgoff = fault.mapping_pgoff + (fault.address - fault.mapping_start) / page_bytes;
    return give_block(repaired, ops);
  }

  void before_fill(PageRange, FaultOps&) noexcept override {}
  void after_punch(PageRange, FaultOps&) noexcept override {}

 private:
  static FaultResult give_block(const Fault& fault, FaultOps& ops) {
    Result<Extent> block = ops.get_block_create({fault.pgoff, 1});
    if (!block.ok()) return without_block(block.code());
    return inserted(ops.insert_block(fault.address, block.value(), true));
  }
};

}  // namespace

DAXLAB_FAULT_PLUGIN(global_zero_without_unmap, GlobalZeroWithoutUnmap,
                    "wrong: other mappings keep the zero page", no_options);
