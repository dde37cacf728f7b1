// WRONG: global_zero whose run of holes, when it handles up to 16 pages per fault, is one page too
// long: where a block ends the run, a zero page covers it.
#include "plugins/hazards/right_faults.h"

namespace {

using namespace daxlab;

class GlobalZeroAroundTooFar final : public OneZeroPage {
 public:
  GlobalZeroAroundTooFar(Host&, const OptionValues&) {}

 private:
  FaultResult load_hole(const Fault& fault, FaultOps& ops) noexcept override {
    const PageRange run = hole_around(fault, ops, 16);
    return inserted_up_to(
        fault, run,
        ops.insert_page(address_of(fault, run.pgoff), ops.kernel_zero_page(), run.pages + 1));
  }
};

}  // namespace

DAXLAB_FAULT_PLUGIN(global_zero_around_too_far, GlobalZeroAroundTooFar,
                    "wrong: the run of zero pages is one too long", no_options);
