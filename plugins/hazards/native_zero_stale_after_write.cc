// WRONG: native_zero that does not take the kernel's own zero pages away when write() fills the
// hole: the kernel shows them for ever, since nothing faults there any more. The same mistake as in
// Linux until commit cd656375f946 (2017), where it was the 2 MiB zero page that stayed.
#include "plugins/hazards/right_faults.h"

namespace {

using namespace daxlab;

class NativeZeroStaleAfterWrite final : public OneZeroPage {
 public:
  NativeZeroStaleAfterWrite(Host&, const OptionValues&) {}

  HoleBacking hole_backing() const noexcept override { return HoleBacking::kernel_zero; }
  void before_fill(PageRange, FaultOps&) noexcept override {}
};

}  // namespace

DAXLAB_FAULT_PLUGIN(native_zero_stale_after_write, NativeZeroStaleAfterWrite,
                    "wrong: the kernel's zeros stay when write() fills the hole", no_options);
