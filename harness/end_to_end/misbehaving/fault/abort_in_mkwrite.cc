// Serves reads, and gives up the process at the first store to a page that was read.
#include <cstdlib>

#include "daxlab/fault.h"
#include "daxlab/fault_steps.h"

namespace {

using namespace daxlab;

class AbortInMkwrite final : public FaultStrategy {
 public:
  AbortInMkwrite(Host&, const OptionValues&) {}

  HoleBacking hole_backing() const noexcept override { return HoleBacking::trap; }
  FaultResult fault(const Fault& fault, FaultOps& ops) noexcept override {
    if (fault.write) return store_where_nothing_is_mapped(fault, ops);
    return inserted(ops.insert_page(fault.address, ops.kernel_zero_page(), 1));
  }
  FaultResult page_mkwrite(const Fault&, FaultOps&) noexcept override { std::abort(); }
  void before_fill(PageRange range, FaultOps& ops) noexcept override {
    ops.unmap_mapping_range(range);
  }
  void after_punch(PageRange, FaultOps&) noexcept override {}
};

}  // namespace

DAXLAB_FAULT_PLUGIN(abort_in_mkwrite, AbortInMkwrite, "wrong: abort() in page_mkwrite", no_options);
