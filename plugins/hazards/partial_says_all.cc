// WRONG: partial that says all was written when only a part was: what did not fit is lost, and
// nobody is told.
#include "daxlab/write.h"

namespace {

using namespace daxlab;

class PartialSaysAll final : public WriteStrategy {
 public:
  PartialSaysAll(Host&, const OptionValues&) {}

  uint64_t max_write_bytes() const noexcept override { return UINT64_MAX; }
  Result<uint64_t> write(ByteRange range, WriteOps& ops) noexcept override {
    const ByteRange fits{range.offset_bytes, ops.reserve(range, Staging::in_place)};
    if (fits.length_bytes == 0) return ErrorCode::no_space;
    if (Status status = ops.copy(fits); !status.ok()) return status;
    if (Status status = ops.publish(fits); !status.ok()) return status;
    return range.length_bytes;
  }
};

}  // namespace

DAXLAB_WRITE_PLUGIN(partial_says_all, PartialSaysAll, "wrong: a short write is reported as whole",
                    no_options);
