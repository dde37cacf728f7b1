// WRONG: partial that answers 0 bytes, and no error, when nothing fits: callers that loop over
// short writes never end.
#include "daxlab/write.h"

namespace {

using namespace daxlab;

class PartialReturnsZeroWhenFull final : public WriteStrategy {
 public:
  PartialReturnsZeroWhenFull(Host&, const OptionValues&) {}

  uint64_t max_write_bytes() const noexcept override { return UINT64_MAX; }
  Result<uint64_t> write(ByteRange range, WriteOps& ops) noexcept override {
    const ByteRange fits{range.offset_bytes, ops.reserve(range, Staging::in_place)};
    if (fits.length_bytes == 0) return uint64_t{0};
    if (Status status = ops.copy(fits); !status.ok()) return status;
    if (Status status = ops.publish(fits); !status.ok()) return status;
    return fits.length_bytes;
  }
};

}  // namespace

DAXLAB_WRITE_PLUGIN(partial_returns_zero_when_full, PartialReturnsZeroWhenFull,
                    "wrong: 0 bytes written in place of ENOSPC", no_options);
