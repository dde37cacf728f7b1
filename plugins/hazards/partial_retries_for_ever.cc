// WRONG: partial that tries again when the region is full, as if space would come: a livelock, and
// no caller is told. XFS once had a thread that looped at ENOSPC (Linux commit 4be536debe3f).
#include "daxlab/write.h"

namespace {

using namespace daxlab;

class PartialRetriesForEver final : public WriteStrategy {
 public:
  PartialRetriesForEver(Host&, const OptionValues&) {}

  uint64_t max_write_bytes() const noexcept override { return UINT64_MAX; }
  Result<uint64_t> write(ByteRange range, WriteOps& ops) noexcept override {
    while (ops.reserve(range, Staging::in_place) < range.length_bytes) ops.release();
    if (Status status = ops.copy(range); !status.ok()) return status;
    if (Status status = ops.publish(range); !status.ok()) return status;
    return range.length_bytes;
  }
};

}  // namespace

DAXLAB_WRITE_PLUGIN(partial_retries_for_ever, PartialRetriesForEver,
                    "wrong: tries for ever when the region is full", no_options);
