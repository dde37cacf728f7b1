// WRONG: atomic that overwrites small ranges within a page in place, since that is cheaper: a crash
// tears them. WineFS in its strict mode did (utsaslab/WineFS, issue 5), and FlyTrap's authors found
// updates in place behind many of their bugs (arXiv 2204.06066).
#include "daxlab/write.h"

namespace {

using namespace daxlab;

class AtomicOverwritesInPlace final : public WriteStrategy {
 public:
  AtomicOverwritesInPlace(Host&, const OptionValues&) {}

  uint64_t max_write_bytes() const noexcept override { return max_atomic_write_bytes; }
  Result<uint64_t> write(ByteRange range, WriteOps& ops) noexcept override {
    const bool small = range.offset_bytes / page_bytes == (range.end() - 1) / page_bytes &&
                       range.length_bytes <= page_bytes / 2;
    const Staging staging = small ? Staging::in_place : Staging::copy_on_write;
    if (ops.reserve(range, staging) < range.length_bytes) {
      ops.release();
      return ErrorCode::no_space;
    }
    if (Status status = ops.copy(range); !status.ok()) return status;
    const Status status = small ? ops.publish(range) : ops.publish_at_once(range);
    if (!status.ok()) return status;
    return range.length_bytes;
  }
};

}  // namespace

DAXLAB_WRITE_PLUGIN(atomic_overwrites_in_place, AtomicOverwritesInPlace,
                    "wrong: small writes go in place", no_options);
