// Inserts a page of its own making, and asks for ranges without end.
#include "daxlab/fault.h"
#include "daxlab/fault_steps.h"

namespace {

using namespace daxlab;

class ForeignPage final : public FaultStrategy {
 public:
  ForeignPage(Host&, const OptionValues&) {}

  HoleBacking hole_backing() const noexcept override { return HoleBacking::trap; }
  FaultResult fault(const Fault& fault, FaultOps& ops) noexcept override {
    ops.unmap_mapping_range({fault.pgoff, ~uint64_t{0}});
    ops.remove_pages({~uint64_t{0} - 1, ~uint64_t{0}});
    alignas(64) static constinit unsigned char own_page[4096] = {};
    return inserted(ops.insert_page(fault.address, reinterpret_cast<Page*>(own_page), 1));
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

DAXLAB_FAULT_PLUGIN(foreign_page, ForeignPage, "wrong: inserts a page it was not given", no_options);
