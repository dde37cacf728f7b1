// WRONG: global_zero that maps zero pages over a whole window of 16 pages because the one that
// faulted is a hole, whatever the others are. Kin to what a 2 MiB zero page does over a range of
// which only a part is a hole.
#include "plugins/hazards/right_faults.h"

namespace {

using namespace daxlab;

class GlobalZeroAroundOverBlocks final : public OneZeroPage {
 public:
  GlobalZeroAroundOverBlocks(Host&, const OptionValues&) {}

 private:
  FaultResult load_hole(const Fault& fault, FaultOps& ops) noexcept override {
    const PageRange window = window_around(fault, 16);
    return inserted_up_to(
        fault, window,
        ops.insert_page(address_of(fault, window.pgoff), ops.kernel_zero_page(), window.pages));
  }
};

}  // namespace

DAXLAB_FAULT_PLUGIN(global_zero_around_over_blocks, GlobalZeroAroundOverBlocks,
                    "wrong: zero pages cover the whole window, blocks too", no_options);
