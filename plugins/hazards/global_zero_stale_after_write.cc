// WRONG: global_zero that leaves its zero pages where they are when write() puts a block over the
// hole, so that mappings go on reading zeros over written data. Linux did so for DAX until commit
// cd656375f946 ("mm: fix data corruption due to stale mmap reads", 2017), found with its 2 MiB zero
// page; xfstests generic/428 is the regression test.
#include "plugins/hazards/right_faults.h"

namespace {

using namespace daxlab;

class GlobalZeroStaleAfterWrite final : public OneZeroPage {
 public:
  GlobalZeroStaleAfterWrite(Host&, const OptionValues&) {}

  void before_fill(PageRange, FaultOps&) noexcept override {}
};

}  // namespace

DAXLAB_FAULT_PLUGIN(global_zero_stale_after_write, GlobalZeroStaleAfterWrite,
                    "wrong: mappings keep the zero page when write() fills the hole", no_options);
