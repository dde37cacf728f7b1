// WRONG: partial that publishes its blocks while they are still zeros, all but the first byte of
// each page, and copies then: a crash in between leaves a size that covers bytes never written, and
// who faults in between can lose a store to the late copy. DAX writes of ext4 lost data to zeroing
// in that order (Linux commit 12735f881952, "ext4: pre-zero allocated blocks for DAX IO", 2016).
#include "daxlab/write.h"

namespace {

using namespace daxlab;

class PartialCopiesAfterPublish final : public WriteStrategy {
 public:
  PartialCopiesAfterPublish(Host&, const OptionValues&) {}

  uint64_t max_write_bytes() const noexcept override { return UINT64_MAX; }
  Result<uint64_t> write(ByteRange range, WriteOps& ops) noexcept override {
    const ByteRange fits{range.offset_bytes, ops.reserve(range, Staging::in_place)};
    if (fits.length_bytes == 0) return ErrorCode::no_space;
    for (uint64_t at = fits.offset_bytes; at < fits.end();
         at = (at / page_bytes + 1) * page_bytes) {
      if (Status status = ops.copy({at, 1}); !status.ok()) return status;
    }
    if (Status status = ops.publish(fits); !status.ok()) return status;
    if (Status status = ops.copy(fits); !status.ok()) return status;
    return fits.length_bytes;
  }
};

}  // namespace

DAXLAB_WRITE_PLUGIN(partial_copies_after_publish, PartialCopiesAfterPublish,
                    "wrong: bytes are copied after they are published", no_options);
