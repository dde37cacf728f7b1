// WRONG: partial that publishes the pages of an append, but not up to its last byte: the file ends
// before the data does.
#include "daxlab/write.h"

namespace {

using namespace daxlab;

class PartialForgetsSize final : public WriteStrategy {
 public:
  PartialForgetsSize(Host&, const OptionValues&) {}

  uint64_t max_write_bytes() const noexcept override { return UINT64_MAX; }
  Result<uint64_t> write(ByteRange range, WriteOps& ops) noexcept override {
    const ByteRange fits{range.offset_bytes, ops.reserve(range, Staging::in_place)};
    if (fits.length_bytes == 0) return ErrorCode::no_space;
    if (Status status = ops.copy(fits); !status.ok()) return status;
    ByteRange shown = fits;
    if (shown.end() % page_bytes != 1 && shown.length_bytes > 1) --shown.length_bytes;
    if (Status status = ops.publish(shown); !status.ok()) return status;
    return fits.length_bytes;
  }
};

}  // namespace

DAXLAB_WRITE_PLUGIN(partial_forgets_size, PartialForgetsSize,
                    "wrong: an append ends one byte before its data", no_options);
