// WRONG: partial that makes sure of the last page first and publishes it even when the rest did not
// fit: the file ends where the whole write would have ended. Kin to sizes that ext4 moved too early
// (Linux commit 632eaeab1feb, "fix delalloc i_disksize early update issue").
#include "daxlab/write.h"

namespace {

using namespace daxlab;

class PartialMovesSizeWhenShort final : public WriteStrategy {
 public:
  PartialMovesSizeWhenShort(Host&, const OptionValues&) {}

  uint64_t max_write_bytes() const noexcept override { return UINT64_MAX; }
  Result<uint64_t> write(ByteRange range, WriteOps& ops) noexcept override {
    const ByteRange last{range.end() - 1, 1};
    const bool has_last = ops.reserve(last, Staging::in_place) == 1;
    const ByteRange fits{range.offset_bytes, ops.reserve(range, Staging::in_place)};
    if (fits.length_bytes == 0) return ErrorCode::no_space;
    if (Status status = ops.copy(fits); !status.ok()) return status;
    if (Status status = ops.publish(fits); !status.ok()) return status;
    if (fits.length_bytes < range.length_bytes && has_last) {
      if (Status status = ops.copy(last); !status.ok()) return status;
      if (Status status = ops.publish(last); !status.ok()) return status;
    }
    return fits.length_bytes;
  }
};

}  // namespace

DAXLAB_WRITE_PLUGIN(partial_moves_size_when_short, PartialMovesSizeWhenShort,
                    "wrong: a short write moves the size as a whole one would", no_options);
