// WRONG: global_zero that repairs the offset at mkwrite by the address alone and forgets where in
// the file the mapping begins: the mail's formula without its first term, vma->vm_pgoff. Right for
// mappings of a file's start, and for no others.
#include "plugins/hazards/right_faults.h"

namespace {

using namespace daxlab;

class GlobalZeroForgetsVmPgoff final : public OneZeroPage {
 public:
  GlobalZeroForgetsVmPgoff(Host&, const OptionValues&) {}

  FaultResult page_mkwrite(const Fault& fault, FaultOps& ops) noexcept override {
    Fault repaired = fault;
    repaired.pgoff = (fault.address - fault.mapping_start) / page_bytes;
    return store(repaired, ops);
  }
};

}  // namespace

DAXLAB_FAULT_PLUGIN(global_zero_forgets_vm_pgoff, GlobalZeroForgetsVmPgoff,
                    "wrong: the offset is repaired as if every mapping began at page 0",
                    no_options);
