// WRONG: page_zero that, at mkwrite, takes its cached page out of every mapping but leaves it in
// the page cache, beside the block. Every page of a DAX file's cache stands over a hole, or the
// next who finds one believes it: Linux commit de14b9cb5e02 (2016) removed hole pages that had
// stayed in the tree beside a block.
#include "plugins/hazards/right_faults.h"

namespace {

using namespace daxlab;

class PageZeroKeepsPage final : public PageForEachHole {
 public:
  PageZeroKeepsPage(Host&, const OptionValues&) {}

 private:
  FaultResult store(const Fault& fault, FaultOps& ops) noexcept override {
    const Result<Extent> block = ops.get_block_create({fault.pgoff, 1});
    if (!block.ok()) return without_block(block.code());
    ops.unmap_other_mappings({fault.pgoff, 1});
    return inserted(ops.insert_block(fault.address, block.value(), true));
  }
};

}  // namespace

DAXLAB_FAULT_PLUGIN(page_zero_keeps_page, PageZeroKeepsPage,
                    "wrong: the cached page stays in the cache beside the block", no_options);
