// Maps a run of blocks that it was never given, of a length that wraps around.
#include "daxlab/fault.h"
#include "daxlab/fault_steps.h"

namespace {

using namespace daxlab;

class ForeignBlocks final : public FaultStrategy {
 public:
  ForeignBlocks(Host&, const OptionValues&) {}

  HoleBacking hole_backing() const noexcept override { return HoleBacking::trap; }
  FaultResult fault(const Fault& fault, FaultOps& ops) noexcept override {
    Result<Extent> block = ops.get_block_create({fault.pgoff, 1});
    if (!block.ok()) return without_block(block.code());
    Extent absurd{block.value().block, ~uint64_t{0} - block.value().block + 2};
    return inserted(ops.insert_block(fault.address, absurd, true));
  }
  FaultResult page_mkwrite(const Fault& fault, FaultOps& ops) noexcept override {
    return store_where_nothing_is_mapped(fault, ops);
  }
  void before_fill(PageRange range, FaultOps& ops) noexcept override {
    ops.unmap_mapping_range(range);
  }
  void after_punch(PageRange, FaultOps&) noexcept override {}
};

}  // namespace

DAXLAB_FAULT_PLUGIN(foreign_blocks, ForeignBlocks, "wrong: maps what it was not given", no_options);
