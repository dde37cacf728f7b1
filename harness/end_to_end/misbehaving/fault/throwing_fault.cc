// Throws out of a function that promised not to.
#include <stdexcept>

#include "daxlab/fault.h"
#include "daxlab/fault_steps.h"

namespace {

using namespace daxlab;

[[noreturn]] void refuse() { throw std::runtime_error("no such page"); }

class ThrowingFault final : public FaultStrategy {
 public:
  ThrowingFault(Host&, const OptionValues&) {}

  HoleBacking hole_backing() const noexcept override { return HoleBacking::trap; }
  FaultResult fault(const Fault&, FaultOps&) noexcept override { refuse(); }
  FaultResult page_mkwrite(const Fault& fault, FaultOps& ops) noexcept override {
    return store_where_nothing_is_mapped(fault, ops);
  }
  void before_fill(PageRange range, FaultOps& ops) noexcept override {
    ops.unmap_mapping_range(range);
  }
  void after_punch(PageRange, FaultOps&) noexcept override {}
};

}  // namespace

DAXLAB_FAULT_PLUGIN(throwing_fault, ThrowingFault, "wrong: throws in fault", no_options);
