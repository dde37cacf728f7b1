// Gives up the process when it is loaded for the second time: it passes the probe, not the run. The
// first load leaves the file that DAXLAB_TEST_FIRST_LOAD names.
#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>

#include "daxlab/fault.h"
#include "daxlab/fault_steps.h"

namespace {

using namespace daxlab;

struct AtLoad {
  AtLoad() {
    const char* file = std::getenv("DAXLAB_TEST_FIRST_LOAD");
    if (file == nullptr) return;
    const int first = open(file, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
    if (first < 0) std::abort();
    close(first);
  }
} at_load;

class AbortAtSecondLoad final : public FaultStrategy {
 public:
  AbortAtSecondLoad(Host&, const OptionValues&) {}

  HoleBacking hole_backing() const noexcept override { return HoleBacking::trap; }
  FaultResult fault(const Fault& fault, FaultOps& ops) noexcept override {
    if (fault.write) return store_where_nothing_is_mapped(fault, ops);
    return inserted(ops.insert_page(fault.address, ops.kernel_zero_page(), 1));
  }
  FaultResult page_mkwrite(const Fault& fault, FaultOps& ops) noexcept override {
    return store_where_nothing_is_mapped(fault, ops);
  }
  void before_fill(PageRange range, FaultOps& ops) noexcept override {
    ops.unmap_mapping_range(range);
  }
  void after_punch(PageRange, FaultOps&) noexcept override {}
};

}  // namespace

DAXLAB_FAULT_PLUGIN(abort_at_second_load, AbortAtSecondLoad, "wrong: abort() at its second load",
                    no_options);
