// A real block at the first read already: what zero pages save.
#include "daxlab/fault.h"
#include "daxlab/fault_steps.h"

namespace {

using namespace daxlab;

constexpr Option options[] = {
    integer_option("around", OptionUnit::pages, 1, 1, max_fault_pages,
                   "pages given blocks per fault, from the faulting one on"),
};

class AllocOnRead final : public FaultStrategy {
 public:
  AllocOnRead(Host&, const OptionValues& values) : around_(values[0]) {}

  HoleBacking hole_backing() const noexcept override { return HoleBacking::trap; }

  // No mapping ever shows a zero page, so none has to be taken out.
  FaultResult fault(const Fault& fault, FaultOps& ops) noexcept override {
    PageRange window = window_around(fault, around_);
    Result<Extent> block = ops.get_block_create({fault.pgoff, window.end() - fault.pgoff});
    if (!block.ok()) return without_block(block.code());
    return inserted(ops.insert_block(fault.address, block.value(), fault.write));
  }

  FaultResult page_mkwrite(const Fault&, FaultOps&) noexcept override {
    return FaultResult::sigbus;  // no page that is not a block is ever mapped
  }

  void before_fill(PageRange, FaultOps&) noexcept override {}
  void after_punch(PageRange, FaultOps&) noexcept override {}

 private:
  const uint64_t around_;
};

}  // namespace

DAXLAB_FAULT_PLUGIN(alloc_on_read, AllocOnRead, "a real block at the first read", options);
