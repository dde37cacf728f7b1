// WRONG: page_zero that throws out the cached page after the one that got a block: off by one. The
// right one stays, in the cache and in other mappings.
#include "plugins/hazards/right_faults.h"

namespace {

using namespace daxlab;

class PageZeroRemovesNeighbour final : public PageForEachHole {
 public:
  PageZeroRemovesNeighbour(Host&, const OptionValues&) {}

 private:
  FaultResult store(const Fault& fault, FaultOps& ops) noexcept override {
    const Result<Extent> block = ops.get_block_create({fault.pgoff, 1});
    if (!block.ok()) return without_block(block.code());
    ops.remove_pages({fault.pgoff + 1, 1});
    return inserted(ops.insert_block(fault.address, block.value(), true));
  }
};

}  // namespace

DAXLAB_FAULT_PLUGIN(page_zero_removes_neighbour, PageZeroRemovesNeighbour,
                    "wrong: the wrong cached page is thrown out", no_options);
