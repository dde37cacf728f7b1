// Holes are the kernel's: it serves zeros itself, 2 MiB at a time where aligned, and only stores
// fault here.
//
// The kernel gives no second chance: zapping a zero page makes it serve zeros again, whatever the
// block map says by then. So what is taken out of a mapping becomes an address without access,
// which does fault, and the block (or the zeros, after a punch) come in by that.
#include "daxlab/fault.h"
#include "daxlab/fault_steps.h"

namespace {

using namespace daxlab;

class NativeZero final : public FaultStrategy {
 public:
  NativeZero(Host&, const OptionValues&) {}

  HoleBacking hole_backing() const noexcept override { return HoleBacking::kernel_zero; }

  // A read gets here only where something was taken out: all of that comes back at once.
  FaultResult fault(const Fault& fault, FaultOps& ops) noexcept override {
    if (fault.write) return store_where_nothing_is_mapped(fault, ops);
    Extent extent = ops.find_block({fault.pgoff, fault.window.end() - fault.pgoff});
    if (extent.blocks == 0) return FaultResult::no_page;
    if (extent.is_hole()) {
      return inserted(ops.insert_page(fault.address, ops.kernel_zero_page(), extent.blocks));
    }
    return inserted(ops.insert_block(fault.address, extent, false));
  }

  FaultResult page_mkwrite(const Fault& fault, FaultOps& ops) noexcept override {
    // The index of the kernel's zero page says nothing; the address does.
    Fault repaired = fault;
    repaired.pgoff = fault.mapping_pgoff + (fault.address - fault.mapping_start) / page_bytes;
    return store_where_nothing_is_mapped(repaired, ops);
  }

  void before_fill(PageRange range, FaultOps& ops) noexcept override {
    ops.unmap_mapping_range(range);
  }
  void after_punch(PageRange, FaultOps&) noexcept override {}
};

}  // namespace

DAXLAB_FAULT_PLUGIN(native_zero, NativeZero,
                    "holes served by the kernel itself, no read fault in user code", no_options);
