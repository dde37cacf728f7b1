// WRONG: all_or_nothing that writes what fits and then says ENOSPC: size and data have changed
// although the write failed. Linux's XFS could answer so (commit 6d8a45ce29c7: the ENOSPC of a
// later extent hid what had been written).
#include "daxlab/write.h"

namespace {

using namespace daxlab;

class AllOrNothingKeepsWhatFits final : public WriteStrategy {
 public:
  AllOrNothingKeepsWhatFits(Host&, const OptionValues&) {}

  uint64_t max_write_bytes() const noexcept override { return UINT64_MAX; }
  Result<uint64_t> write(ByteRange range, WriteOps& ops) noexcept override {
    const ByteRange fits{range.offset_bytes, ops.reserve(range, Staging::in_place)};
    if (fits.length_bytes == 0) return ErrorCode::no_space;
    if (Status status = ops.copy(fits); !status.ok()) return status;
    if (Status status = ops.publish(fits); !status.ok()) return status;
    if (fits.length_bytes < range.length_bytes) return ErrorCode::no_space;
    return range.length_bytes;
  }
};

}  // namespace

DAXLAB_WRITE_PLUGIN(all_or_nothing_keeps_what_fits, AllOrNothingKeepsWhatFits,
                    "wrong: ENOSPC after a part was written", no_options);
