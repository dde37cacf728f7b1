// Never comes back from the first fault.
#include <atomic>

#include "daxlab/fault.h"
#include "daxlab/fault_steps.h"

namespace {

using namespace daxlab;

class EndlessFault final : public FaultStrategy {
 public:
  EndlessFault(Host&, const OptionValues&) {}

  HoleBacking hole_backing() const noexcept override { return HoleBacking::trap; }
  FaultResult fault(const Fault&, FaultOps&) noexcept override {
    for (;;) turns_.fetch_add(1);
  }
  FaultResult page_mkwrite(const Fault& fault, FaultOps& ops) noexcept override {
    return store_where_nothing_is_mapped(fault, ops);
  }
  void before_fill(PageRange range, FaultOps& ops) noexcept override {
    ops.unmap_mapping_range(range);
  }
  void after_punch(PageRange, FaultOps&) noexcept override {}

 private:
  std::atomic<uint64_t> turns_ = 0;
};

}  // namespace

DAXLAB_FAULT_PLUGIN(endless_fault, EndlessFault, "wrong: an endless loop in fault", no_options);
