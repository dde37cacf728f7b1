// WRONG: global_zero that, when write() fills several holes at once, takes the zero page down over
// the first of them only. Kin to Linux commit de14b9cb5e02 ("dax: fix conversion of holes to PMDs",
// 2016): 4 KiB zero pages in a 2 MiB range survived the block that took the place of all of them.
#include "plugins/hazards/right_faults.h"

namespace {

using namespace daxlab;

class GlobalZeroTakesDownOnePage final : public OneZeroPage {
 public:
  GlobalZeroTakesDownOnePage(Host&, const OptionValues&) {}

  void before_fill(PageRange range, FaultOps& ops) noexcept override {
    ops.unmap_mapping_range({range.pgoff, 1});
  }
};

}  // namespace

DAXLAB_FAULT_PLUGIN(global_zero_takes_down_one_page, GlobalZeroTakesDownOnePage,
                    "wrong: of several holes that write() fills, one is taken down", no_options);
