// WRONG: global_zero that remembers the blocks it was told of and maps them again without asking,
// after a punch or a truncate too, when they may be another file's. Who uses a block after it left
// the file was a problem of ext4 with DAX as of 4.18: xfstests generic/503 tests its paths that
// remove blocks. The core accepts no block that it has not named in this very callback.
#include "plugins/hazards/right_faults.h"

namespace {

using namespace daxlab;

class GlobalZeroRemembersBlocks final : public OneZeroPage {
 public:
  GlobalZeroRemembersBlocks(Host& host, const OptionValues&) : host_(host) {}

 private:
  static constexpr uint64_t slots = 256;
  struct Known {
    uint64_t mapping_start = 0;
    uint64_t pgoff = 0;
    Extent extent;
  };

  FaultResult load(const Fault& fault, FaultOps& ops) noexcept override {
    host_.lock(lock_);
    const Known known = known_[fault.pgoff % slots];
    host_.unlock(lock_);
    if (known.mapping_start == fault.mapping_start && known.pgoff == fault.pgoff) {
      return inserted(ops.insert_block(fault.address, known.extent, false));
    }
    const Extent extent = ops.find_block({fault.pgoff, 1});
    if (extent.blocks == 0) return FaultResult::no_page;
    if (extent.is_hole()) return load_hole(fault, ops);
    host_.lock(lock_);
    known_[fault.pgoff % slots] = {fault.mapping_start, fault.pgoff, extent};
    host_.unlock(lock_);
    return inserted(ops.insert_block(fault.address, extent, false));
  }

  Host& host_;
  uint32_t lock_ = 0;
  Known known_[slots] = {};
};

}  // namespace

DAXLAB_FAULT_PLUGIN(global_zero_remembers_blocks, GlobalZeroRemembersBlocks,
                    "wrong: a block is believed to be the file's for ever", no_options);
