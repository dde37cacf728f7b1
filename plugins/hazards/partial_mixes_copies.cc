// WRONG: partial that replaces pages by copies when a write begins where a page does, and writes in
// place otherwise: what is written in place to a block while it is being replaced is lost.
// daxlab/write.h asks for one of the two, for all writes; DAX writes of ext4 lost data to a fault
// that worked on the same block another way (Linux commit 12735f881952).
#include "daxlab/write.h"

namespace {

using namespace daxlab;

class PartialMixesCopies final : public WriteStrategy {
 public:
  PartialMixesCopies(Host&, const OptionValues&) {}

  uint64_t max_write_bytes() const noexcept override { return max_atomic_write_bytes; }
  Result<uint64_t> write(ByteRange range, WriteOps& ops) noexcept override {
    const bool copies = range.offset_bytes % page_bytes == 0;
    const Staging staging = copies ? Staging::copy_on_write : Staging::in_place;
    const ByteRange fits{range.offset_bytes, ops.reserve(range, staging)};
    if (fits.length_bytes == 0) return ErrorCode::no_space;
    if (Status status = ops.copy(fits); !status.ok()) return status;
    const Status status = copies ? ops.publish_at_once(fits) : ops.publish(fits);
    if (!status.ok()) return status;
    return fits.length_bytes;
  }
};

}  // namespace

DAXLAB_WRITE_PLUGIN(partial_mixes_copies, PartialMixesCopies,
                    "wrong: some writes go in place, some replace blocks", no_options);
