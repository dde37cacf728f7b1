// A real block at the first read already: what zero pages save.
#include "daxlab/fault.h"
#include "daxlab/fault_steps.h"

namespace {

using namespace daxlab;

constexpr Option options[] = {
    integer_option("around", OptionUnit::pages, 1, 1, max_fault_pages,
                   "pages given blocks per fault, in an aligned window"),
};

class AllocOnRead final : public FaultStrategy {
 public:
  AllocOnRead(Host&, const OptionValues& values) : around_(values[0]) {}

  HoleBacking hole_backing() const noexcept override { return HoleBacking::trap; }

  // No mapping ever shows a zero page, so none has to be taken out.
  FaultResult fault(const Fault& fault, FaultOps& ops) noexcept override {
    const PageRange window = window_around(fault, around_);
    const Extent present = ops.find_block({fault.pgoff, window.end() - fault.pgoff});
    if (present.blocks == 0) return FaultResult::no_page;
    if (!present.is_hole()) {
      return inserted(ops.insert_block(fault.address, present, fault.write));
    }
    return fill(fault, hole_around(fault, ops, around_), ops);
  }

  FaultResult page_mkwrite(const Fault&, FaultOps&) noexcept override {
    return FaultResult::sigbus;  // no page that is not a block is ever mapped
  }

  void before_fill(PageRange, FaultOps&) noexcept override {}
  void after_punch(PageRange, FaultOps&) noexcept override {}

 private:
  // Of a region that is in pieces the first extent may end before the page that faulted.
  static FaultResult fill(const Fault& fault, PageRange run, FaultOps& ops) {
    Result<Extent> block = ops.get_block_create(run);
    if (block.ok() && run.pgoff + block.value().blocks <= fault.pgoff) {
      run = {fault.pgoff, run.end() - fault.pgoff};
      block = ops.get_block_create(run);
    }
    if (!block.ok()) return without_block(block.code());
    const uint64_t pages =
        ops.insert_block(address_of(fault, run.pgoff), block.value(), fault.write);
    return inserted_up_to(fault, run, pages);
  }

  const uint64_t around_;
};

}  // namespace

DAXLAB_FAULT_PLUGIN(alloc_on_read, AllocOnRead, "a real block at the first read", options);
