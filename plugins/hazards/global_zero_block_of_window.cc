// WRONG: global_zero that looks up the block at the start of its window of 16 pages and maps it
// where the fault was: another offset's data, read-only.
#include "plugins/hazards/right_faults.h"

namespace {

using namespace daxlab;

class GlobalZeroBlockOfWindow final : public OneZeroPage {
 public:
  GlobalZeroBlockOfWindow(Host&, const OptionValues&) {}

 private:
  FaultResult load(const Fault& fault, FaultOps& ops) noexcept override {
    const PageRange window = window_around(fault, 16);
    const Extent extent = ops.find_block({window.pgoff, 1});
    if (extent.blocks == 0 || extent.is_hole()) return OneZeroPage::load(fault, ops);
    return inserted(ops.insert_block(fault.address, extent, false));
  }
};

}  // namespace

DAXLAB_FAULT_PLUGIN(global_zero_block_of_window, GlobalZeroBlockOfWindow,
                    "wrong: a read fault maps the block of another offset", no_options);
