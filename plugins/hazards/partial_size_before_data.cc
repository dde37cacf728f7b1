// WRONG: partial that publishes the end of a write before what comes before it: for a moment, and
// after a crash in it for good, the size covers pages that are not there. Appends to NOVA that a
// crash cut short left files that could not be read (NVSL/linux-nova, issue 121), and ext4 moved
// its size before the blocks (Linux commit 632eaeab1feb).
#include <algorithm>

#include "daxlab/write.h"

namespace {

using namespace daxlab;

class PartialSizeBeforeData final : public WriteStrategy {
 public:
  PartialSizeBeforeData(Host&, const OptionValues&) {}

  uint64_t max_write_bytes() const noexcept override { return UINT64_MAX; }
  Result<uint64_t> write(ByteRange range, WriteOps& ops) noexcept override {
    const ByteRange fits{range.offset_bytes, ops.reserve(range, Staging::in_place)};
    if (fits.length_bytes == 0) return ErrorCode::no_space;
    const uint64_t last_page = (fits.end() - 1) / page_bytes * page_bytes;
    const uint64_t start = std::max(last_page, fits.offset_bytes);
    const ByteRange end{start, fits.end() - start};
    if (Status status = ops.copy(end); !status.ok()) return status;
    if (Status status = ops.publish(end); !status.ok()) return status;
    if (start > fits.offset_bytes) {
      const ByteRange front{fits.offset_bytes, start - fits.offset_bytes};
      if (Status status = ops.copy(front); !status.ok()) return status;
      if (Status status = ops.publish(front); !status.ok()) return status;
    }
    return fits.length_bytes;
  }
};

}  // namespace

DAXLAB_WRITE_PLUGIN(partial_size_before_data, PartialSizeBeforeData,
                    "wrong: the size covers bytes before they are there", no_options);
