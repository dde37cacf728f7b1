// WRONG: global_zero that believes the zero page's index at mkwrite. The index is that of the
// latest insertion, so the store's block goes to another offset of the file. The mail repairs it
// for this reason.
#include "daxlab/fault.h"
#include "daxlab/fault_steps.h"

namespace {

using namespace daxlab;

class GlobalZeroWithoutRepair final : public FaultStrategy {
 public:
  GlobalZeroWithoutRepair(Host&, const OptionValues&) {}

  HoleBacking hole_backing() const noexcept override { return HoleBacking::trap; }

  FaultResult fault(const Fault& fault, FaultOps& ops) noexcept override {
    if (fault.write) return store_where_nothing_is_mapped(fault, ops);
    Extent extent = ops.find_block({fault.pgoff, 1});
    if (extent.blocks == 0) return FaultResult::no_page;
    if (!extent.is_hole()) return inserted(ops.insert_block(fault.address, extent, false));
    return inserted(ops.insert_page(fault.address, ops.kernel_zero_page(), 1));
  }

  FaultResult page_mkwrite(const Fault& fault, FaultOps& ops) noexcept override {
    Result<Extent> block = ops.get_block_create({fault.pgoff, 1});
    if (!block.ok()) return without_block(block.code());
    ops.unmap_other_mappings({fault.pgoff, 1});
    return inserted(ops.insert_block(fault.address, block.value(), true));
  }

  void before_fill(PageRange range, FaultOps& ops) noexcept override {
    ops.unmap_mapping_range(range);
  }
  void after_punch(PageRange, FaultOps&) noexcept override {}
};

}  // namespace

DAXLAB_FAULT_PLUGIN(global_zero_without_repair, GlobalZeroWithoutRepair,
                    "wrong: the offset is not repaired at mkwrite", no_options);
