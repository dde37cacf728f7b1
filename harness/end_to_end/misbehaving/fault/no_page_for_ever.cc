// Says that the access may be repeated, and maps nothing.
#include "daxlab/fault.h"
#include "daxlab/fault_steps.h"

namespace {

using namespace daxlab;

class NoPageForEver final : public FaultStrategy {
 public:
  NoPageForEver(Host&, const OptionValues&) {}

  HoleBacking hole_backing() const noexcept override { return HoleBacking::trap; }
  FaultResult fault(const Fault&, FaultOps&) noexcept override { return FaultResult::no_page; }
  FaultResult page_mkwrite(const Fault& fault, FaultOps& ops) noexcept override {
    return store_where_nothing_is_mapped(fault, ops);
  }
  void before_fill(PageRange range, FaultOps& ops) noexcept override {
    ops.unmap_mapping_range(range);
  }
  void after_punch(PageRange, FaultOps&) noexcept override {}
};

}  // namespace

DAXLAB_FAULT_PLUGIN(no_page_for_ever, NoPageForEver, "wrong: no_page without a page", no_options);
