// A zeroed page of the page cache for every hole offset, as Linux 4.0 did it (dax_load_hole);
// thrown out when a store needs a real block.
#include "daxlab/fault.h"
#include "daxlab/fault_steps.h"

namespace {

using namespace daxlab;

constexpr Option options[] = {
    integer_option("around", OptionUnit::pages, 1, 1, max_fault_pages,
                   "pages handled per read fault, in an aligned window"),
    integer_option("cache_limit", OptionUnit::pages, 0, 0, uint64_t{1} << 28,
                   "cached pages per file above which clean ones are reclaimed; 0: no limit"),
};

class PageZero final : public FaultStrategy {
 public:
  PageZero(Host&, const OptionValues& values) : around_(values[0]), cache_limit_(values[1]) {}

  HoleBacking hole_backing() const noexcept override { return HoleBacking::page_cache; }

  FaultResult fault(const Fault& fault, FaultOps& ops) noexcept override {
    if (fault.write) return store_where_nothing_is_mapped(fault, ops);
    PageRange window = window_around(fault, around_);
    Extent extent = ops.find_block({fault.pgoff, window.end() - fault.pgoff});
    if (extent.blocks == 0) return FaultResult::no_page;
    if (!extent.is_hole()) return inserted(ops.insert_block(fault.address, extent, false));
    return load_hole(fault, ops);
  }

  // The cached page goes from every mapping before the block comes into this one, or another thread
  // could store here while a third still reads zeros.
  FaultResult page_mkwrite(const Fault& fault, FaultOps& ops) noexcept override {
    Result<Extent> block = ops.get_block_create({fault.pgoff, 1});
    if (!block.ok()) return without_block(block.code());
    ops.remove_pages({fault.pgoff, 1});
    return inserted(ops.insert_block(fault.address, block.value(), true));
  }

  void before_fill(PageRange range, FaultOps& ops) noexcept override { ops.remove_pages(range); }
  void after_punch(PageRange, FaultOps&) noexcept override {}

 private:
  FaultResult load_hole(const Fault& fault, FaultOps& ops) const {
    PageRange run = hole_around(fault, ops, around_);
    if (cache_limit_ != 0 && ops.cached_pages() + run.pages > cache_limit_) {
      ops.reclaim_pages(ops.cached_pages() + run.pages - cache_limit_);
    }
    Page* first = nullptr;
    uint64_t pages = 0;
    for (; pages < run.pages; ++pages) {
      Page* page = ops.find_or_create_page(run.pgoff + pages);
      if (page == nullptr) break;
      if (first == nullptr) first = page;
    }
    if (run.pgoff + pages <= fault.pgoff) return FaultResult::oom;
    return inserted_up_to(fault, run, ops.insert_page(address_of(fault, run.pgoff), first, pages));
  }

  const uint64_t around_;
  const uint64_t cache_limit_;
};

}  // namespace

DAXLAB_FAULT_PLUGIN(page_zero, PageZero, "a cached zero page for every hole offset (Linux 4.0)",
                    options);
