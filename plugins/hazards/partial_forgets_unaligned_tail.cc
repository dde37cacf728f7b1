// WRONG: partial that copies whole 8-byte words only: the last bytes of a write that does not end
// on one stay as they were. In WineFS such ends were copied, but not flushed (utsaslab/WineFS,
// issue 3), which only the core could do wrong here.
#include "daxlab/write.h"

namespace {

using namespace daxlab;

class PartialForgetsUnalignedTail final : public WriteStrategy {
 public:
  PartialForgetsUnalignedTail(Host&, const OptionValues&) {}

  uint64_t max_write_bytes() const noexcept override { return UINT64_MAX; }
  Result<uint64_t> write(ByteRange range, WriteOps& ops) noexcept override {
    const ByteRange fits{range.offset_bytes, ops.reserve(range, Staging::in_place)};
    if (fits.length_bytes == 0) return ErrorCode::no_space;
    ByteRange whole = fits;
    if (fits.end() % 8 < fits.length_bytes) whole.length_bytes -= fits.end() % 8;
    if (Status status = ops.copy(whole); !status.ok()) return status;
    if (Status status = ops.publish(fits); !status.ok()) return status;
    return fits.length_bytes;
  }
};

}  // namespace

DAXLAB_WRITE_PLUGIN(partial_forgets_unaligned_tail, PartialForgetsUnalignedTail,
                    "wrong: bytes after the last whole word are not copied", no_options);
