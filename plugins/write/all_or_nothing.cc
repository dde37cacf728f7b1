// All of it or ENOSPC with nothing changed: what XFS's direct I/O insists on.
#include "daxlab/write.h"

namespace {

using namespace daxlab;

class AllOrNothing final : public WriteStrategy {
 public:
  AllOrNothing(Host&, const OptionValues&) {}

  uint64_t max_write_bytes() const noexcept override { return UINT64_MAX; }
  Result<uint64_t> write(ByteRange range, WriteOps& ops) noexcept override {
    if (ops.reserve(range, Staging::in_place) < range.length_bytes) {
      ops.release();
      return ErrorCode::no_space;
    }
    if (Status status = ops.copy(range); !status.ok()) return status;
    if (Status status = ops.publish(range); !status.ok()) return status;
    return range.length_bytes;
  }
};

}  // namespace

DAXLAB_WRITE_PLUGIN(all_or_nothing, AllOrNothing, "all of a write, or ENOSPC and nothing changed",
                    no_options);
