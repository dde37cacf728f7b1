// WRONG: partial that tells of half of what it wrote when a write comes back short: the file has
// more than the caller knows. Linux's XFS once forgot what had been written when an error came
// after it (commit 6d8a45ce29c7: ENOSPC in place of a partial write's count).
#include "daxlab/write.h"

namespace {

using namespace daxlab;

class PartialSaysLess final : public WriteStrategy {
 public:
  PartialSaysLess(Host&, const OptionValues&) {}

  uint64_t max_write_bytes() const noexcept override { return UINT64_MAX; }
  Result<uint64_t> write(ByteRange range, WriteOps& ops) noexcept override {
    const ByteRange fits{range.offset_bytes, ops.reserve(range, Staging::in_place)};
    if (fits.length_bytes == 0) return ErrorCode::no_space;
    if (Status status = ops.copy(fits); !status.ok()) return status;
    if (Status status = ops.publish(fits); !status.ok()) return status;
    if (fits.length_bytes == range.length_bytes) return fits.length_bytes;
    return (fits.length_bytes + 1) / 2;
  }
};

}  // namespace

DAXLAB_WRITE_PLUGIN(partial_says_less, PartialSaysLess,
                    "wrong: a short write wrote more than it says", no_options);
