// WRONG: partial that falls back to a buffered write when space runs out, the case that Dave
// Chinner asked about in 2014: the rest goes to the page cache and is reported written, but a DAX
// file never reads data from there, and the first block at that offset hides it for good.
#include "daxlab/write.h"

namespace {

using namespace daxlab;

class PartialWithBufferedFallback final : public WriteStrategy {
 public:
  PartialWithBufferedFallback(Host&, const OptionValues&) {}

  uint64_t max_write_bytes() const noexcept override { return UINT64_MAX; }
  Result<uint64_t> write(ByteRange range, WriteOps& ops) noexcept override {
    ByteRange fits{range.offset_bytes, ops.reserve(range, Staging::in_place)};
    if (fits.length_bytes > 0) {
      if (Status status = ops.copy(fits); !status.ok()) return status;
      if (Status status = ops.publish(fits); !status.ok()) return status;
    }
    ByteRange rest{fits.end(), range.length_bytes - fits.length_bytes};
    if (rest.length_bytes > 0) {
      if (Status status = ops.copy_to_page_cache(rest); !status.ok()) return status;
    }
    return range.length_bytes;
  }
};

}  // namespace

DAXLAB_WRITE_PLUGIN(partial_with_buffered_fallback, PartialWithBufferedFallback,
                    "wrong: a buffered write when space runs out", no_options);
