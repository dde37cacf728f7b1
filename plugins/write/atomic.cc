// All of a write or none of it, for anybody who looks after a crash too: every page gets a new
// block, and one record of the region's log makes them all part of the file.
#include "daxlab/write.h"

namespace {

using namespace daxlab;

class Atomic final : public WriteStrategy {
 public:
  Atomic(Host&, const OptionValues&) {}

  uint64_t max_write_bytes() const noexcept override { return max_atomic_write_bytes; }
  Result<uint64_t> write(ByteRange range, WriteOps& ops) noexcept override {
    if (ops.reserve(range, Staging::copy_on_write) < range.length_bytes) {
      ops.release();
      return ErrorCode::no_space;
    }
    if (Status status = ops.copy(range); !status.ok()) return status;
    if (Status status = ops.publish_at_once(range); !status.ok()) return status;
    return range.length_bytes;
  }
};

}  // namespace

DAXLAB_WRITE_PLUGIN(atomic, Atomic,
                    "all of a write up to 2 MiB or nothing of it, across a crash too", no_options);
