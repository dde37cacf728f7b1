// Gives up the process in a constructor that runs when the object is loaded.
#include <cstdlib>

#include "daxlab/fault.h"
#include "daxlab/fault_steps.h"

namespace {

using namespace daxlab;

struct AtLoad {
  AtLoad() { std::abort(); }
} at_load;

class AbortAtLoad final : public FaultStrategy {
 public:
  AbortAtLoad(Host&, const OptionValues&) {}

  HoleBacking hole_backing() const noexcept override { return HoleBacking::trap; }
  FaultResult fault(const Fault& fault, FaultOps& ops) noexcept override {
    if (fault.write) return store_where_nothing_is_mapped(fault, ops);
    return inserted(ops.insert_page(fault.address, ops.kernel_zero_page(), 1));
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

DAXLAB_FAULT_PLUGIN(abort_at_load, AbortAtLoad, "wrong: abort() at load", no_options);
