// WRONG: atomic that publishes a write in two records of the log: a crash between them leaves the
// first half. Several of the bugs that FlyTrap found in persistent-memory file systems (LeBlanc et
// al., arXiv 2204.06066) are operations that promised to be atomic and were several.
#include "daxlab/write.h"

namespace {

using namespace daxlab;

class AtomicInTwoPieces final : public WriteStrategy {
 public:
  AtomicInTwoPieces(Host&, const OptionValues&) {}

  uint64_t max_write_bytes() const noexcept override { return max_atomic_write_bytes; }
  Result<uint64_t> write(ByteRange range, WriteOps& ops) noexcept override {
    if (ops.reserve(range, Staging::copy_on_write) < range.length_bytes) {
      ops.release();
      return ErrorCode::no_space;
    }
    if (Status status = ops.copy(range); !status.ok()) return status;
    const uint64_t second = (range.offset_bytes / page_bytes + 1) * page_bytes;
    if (second >= range.end()) {
      if (Status status = ops.publish_at_once(range); !status.ok()) return status;
      return range.length_bytes;
    }
    const uint64_t front = second - range.offset_bytes;
    const ByteRange first{range.offset_bytes, front};
    const ByteRange rest{second, range.length_bytes - front};
    if (Status status = ops.publish_at_once(first); !status.ok()) return status;
    if (Status status = ops.publish_at_once(rest); !status.ok()) return status;
    return range.length_bytes;
  }
};

}  // namespace

DAXLAB_WRITE_PLUGIN(atomic_in_two_pieces, AtomicInTwoPieces,
                    "wrong: a write is published in two pieces", no_options);
