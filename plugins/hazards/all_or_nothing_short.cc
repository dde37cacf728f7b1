// WRONG: all_or_nothing that returns short writes. XFS's direct I/O asserted that there were none
// when the first DAX patches gave it some: Dave Chinner's report in the thread of September 2014
// that this project starts from.
#include "daxlab/write.h"

namespace {

using namespace daxlab;

class AllOrNothingShort final : public WriteStrategy {
 public:
  AllOrNothingShort(Host&, const OptionValues&) {}

  uint64_t max_write_bytes() const noexcept override { return UINT64_MAX; }
  Result<uint64_t> write(ByteRange range, WriteOps& ops) noexcept override {
    const ByteRange fits{range.offset_bytes, ops.reserve(range, Staging::in_place)};
    if (fits.length_bytes == 0) return ErrorCode::no_space;
    if (Status status = ops.copy(fits); !status.ok()) return status;
    if (Status status = ops.publish(fits); !status.ok()) return status;
    return fits.length_bytes;
  }
};

}  // namespace

DAXLAB_WRITE_PLUGIN(all_or_nothing_short, AllOrNothingShort,
                    "wrong: a short write, though it promises none", no_options);
