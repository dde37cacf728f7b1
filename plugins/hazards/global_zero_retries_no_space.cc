// WRONG: global_zero that lets a store try again when there is no space, in place of a bus error:
// it comes back for ever. XFS once had a thread that looped at ENOSPC (Linux commit 4be536debe3f).
#include "plugins/hazards/right_faults.h"

namespace {

using namespace daxlab;

class GlobalZeroRetriesNoSpace final : public OneZeroPage {
 public:
  GlobalZeroRetriesNoSpace(Host&, const OptionValues&) {}

 private:
  FaultResult store(const Fault& fault, FaultOps& ops) noexcept override {
    const FaultResult result = OneZeroPage::store(fault, ops);
    return result == FaultResult::sigbus ? FaultResult::no_page : result;
  }
};

}  // namespace

DAXLAB_FAULT_PLUGIN(global_zero_retries_no_space, GlobalZeroRetriesNoSpace,
                    "wrong: a store without space is sent round again for ever", no_options);
