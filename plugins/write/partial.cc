// What fits is written: a short write when the region fills on the way, ENOSPC when nothing fits.
// ext4 took such answers from the first DAX patches.
#include "daxlab/write.h"

namespace {

using namespace daxlab;

class Partial final : public WriteStrategy {
 public:
  Partial(Host&, const OptionValues&) {}

  uint64_t max_write_bytes() const noexcept override { return UINT64_MAX; }
  Result<uint64_t> write(ByteRange range, WriteOps& ops) noexcept override {
    ByteRange fits{range.offset_bytes, ops.reserve(range, Staging::in_place)};
    if (fits.length_bytes == 0) return ErrorCode::no_space;
    if (Status status = ops.copy(fits); !status.ok()) return status;
    if (Status status = ops.publish(fits); !status.ok()) return status;
    return fits.length_bytes;
  }
};

}  // namespace

DAXLAB_WRITE_PLUGIN(partial, Partial, "writes what fits, short when the region is full",
                    no_options);
