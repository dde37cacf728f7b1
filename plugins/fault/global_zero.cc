// One zero page for all holes, the page offset repaired at mkwrite.
//
// After Boaz Harrosh to Dave Chinner and Matthew Wilcox, linux-fsdevel, 3 Sep 2014. The zero page
// serves every offset, so its index says only where it was inserted last; at page_mkwrite the
// offset comes from the address instead. Then a real block is fetched, *all* mappings of the offset
// are invalidated (this one's new one, too: the store faults once more), and the zero page is
// returned locked. `keep_own` spares that second fault: only the other mappings are invalidated,
// before the block goes in here.
#include "daxlab/fault.h"
#include "daxlab/fault_steps.h"

namespace {

using namespace daxlab;

constexpr Option options[] = {
    integer_option("around", OptionUnit::pages, 1, 1, max_fault_pages,
                   "pages handled per read fault, in an aligned window"),
    choice_option("zero_page", "kernel|own", 0,
                  "whose zero page: the kernel's, or the strategy's own, which costs a kernel "
                  "mapping for every "
                  "run of holes that it is mapped over"),
    boolean_option(
        "keep_own", false,
        "at mkwrite keep this mapping's new block: one fault instead of the recipe's two"),
};

class GlobalZero final : public FaultStrategy {
 public:
  GlobalZero(Host&, const OptionValues& values)
      : around_(values[0]), own_page_(values[1] == 1), keep_own_(values[2] == 1) {}

  HoleBacking hole_backing() const noexcept override { return HoleBacking::trap; }

  FaultResult fault(const Fault& fault, FaultOps& ops) noexcept override {
    if (fault.write) return store_where_nothing_is_mapped(fault, ops);
    PageRange window = window_around(fault, around_);
    Extent extent = ops.find_block({fault.pgoff, window.end() - fault.pgoff});
    if (extent.blocks == 0) return FaultResult::no_page;
    if (!extent.is_hole()) return inserted(ops.insert_block(fault.address, extent, false));
    PageRange run = hole_around(fault, ops, around_);
    Page* page = own_page_ ? ops.own_zero_page() : ops.kernel_zero_page();
    return inserted_up_to(fault, run,
                          ops.insert_page(address_of(fault, run.pgoff), page, run.pages));
  }

  FaultResult page_mkwrite(const Fault& fault, FaultOps& ops) noexcept override {
    // fault.pgoff is the zero page's index: where it was inserted last, rarely here.
    uint64_t pgoff = fault.mapping_pgoff + (fault.address - fault.mapping_start) / page_bytes;
    Result<Extent> block = ops.get_block_create({pgoff, 1});
    // Without a block nothing is invalidated; the mail does it all the same. The page's lock is
    // held, so the hole is still one, and each mapping that shows zeros is right. To take them out
    // would cost every mapping a read fault more for each store that is refused, at ENOSPC.
    if (!block.ok()) return without_block(block.code());
    if (keep_own_) {
      ops.unmap_other_mappings({pgoff, 1});
      return inserted(ops.insert_block(fault.address, block.value(), true));
    }
    // Read-only, although a store is waiting: between this line and the next another thread could
    // otherwise store through this mapping while other mappings still show zeros.
    if (ops.insert_block(fault.address, block.value(), false) == 0) return FaultResult::oom;
    ops.unmap_mapping_range({pgoff, 1});
    ops.lock_page(fault.page);
    return FaultResult::locked;
  }

  void before_fill(PageRange range, FaultOps& ops) noexcept override {
    ops.unmap_mapping_range(range);
  }
  void after_punch(PageRange, FaultOps&) noexcept override {}

 private:
  const uint64_t around_;
  const bool own_page_;
  const bool keep_own_;
};

}  // namespace

DAXLAB_FAULT_PLUGIN(global_zero, GlobalZero,
                    "one zero page for all holes, the offset repaired at mkwrite (the 2014 mail)",
                    options);
