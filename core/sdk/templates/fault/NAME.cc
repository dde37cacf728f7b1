// What a load or store finds that touches a page which is not mapped: over a hole the kernel's zero
// page, one for all offsets; a block as soon as somebody stores.
#include <daxlab/fault.h>
#include <daxlab/fault_steps.h>

namespace {

using namespace daxlab;

// In a config: fault: {name: @NAME@, around: 1}.
// The core sees to it that values are in range.
constexpr Option options[] = {
    integer_option("around", OptionUnit::pages, 16, 1, max_fault_pages,
                   "pages mapped per read fault, in an aligned window"),
};

class @CLASS@Fault final : public FaultStrategy {
 public:
  @CLASS@Fault(Host&, const OptionValues& values) noexcept : around_(values[0]) {}

  HoleBacking hole_backing() const noexcept override { return HoleBacking::trap; }

  // Nothing is mapped at fault.address.
  FaultResult fault(const Fault& fault, FaultOps& ops) noexcept override {
    if (fault.write) return store_where_nothing_is_mapped(fault, ops);
    const PageRange window = window_around(fault, around_);
    const Extent found = ops.find_block({fault.pgoff, window.end() - fault.pgoff});
    if (found.blocks == 0) return FaultResult::no_page;  // busy: the access comes again
    if (!found.is_hole()) return inserted(ops.insert_block(fault.address, found, false));
    const PageRange hole = hole_around(fault, ops, around_);
    return inserted_up_to(fault, hole,
                          ops.insert_page(address_of(fault, hole.pgoff), ops.kernel_zero_page(),
                                          hole.pages));
  }

  // A store to a page that is mapped read-only: here always the zero page. It stands for every
  // offset, so fault.pgoff says nothing, and the address does.
  FaultResult page_mkwrite(const Fault& fault, FaultOps& ops) noexcept override {
    const uint64_t pgoff =
        fault.mapping_pgoff + (fault.address - fault.mapping_start) / page_bytes;
    const Result<Extent> block = ops.get_block_create({pgoff, 1});
    if (!block.ok()) return without_block(block.code());
    // First from the other mappings: else a thread could store here while others still read zeros.
    ops.unmap_other_mappings({pgoff, 1});
    return inserted(ops.insert_block(fault.address, block.value(), true));
  }

  // write() puts blocks where zeros are mapped: these must go.
  void before_fill(PageRange range, FaultOps& ops) noexcept override {
    ops.unmap_mapping_range(range);
  }
  void after_punch(PageRange, FaultOps&) noexcept override {}

 private:
  const uint64_t around_;
};

}  // namespace

DAXLAB_FAULT_PLUGIN(@NAME@, @CLASS@Fault, "one zero page for all holes, several offsets at a time",
                    options);
