// What a write() does when space runs out on the way: it keeps what fits and returns short, or
// nothing at all has changed.
#include <daxlab/write.h>

namespace {

using namespace daxlab;

// In a config: write: {name: @NAME@, when_full: nothing}.
// The core sees to it that values are in range.
constexpr Option options[] = {
    choice_option("when_full", "short|nothing", 0, "what a write does that does not fit"),
};

class @CLASS@Write final : public WriteStrategy {
 public:
  @CLASS@Write(Host&, const OptionValues& values) noexcept : nothing_when_full_(values[0] == 1) {}

  uint64_t max_write_bytes() const noexcept override { return UINT64_MAX; }

  Result<uint64_t> write(ByteRange range, WriteOps& ops) noexcept override {
    // Blocks first, which nobody sees yet; fewer than asked where there is no space.
    const uint64_t fits_bytes = ops.reserve(range, Staging::in_place);
    if (fits_bytes == 0 || (fits_bytes < range.length_bytes && nothing_when_full_)) {
      ops.release();
      return ErrorCode::no_space;
    }
    // Then the bytes, and only then the file shows them: a crash in between loses no old ones.
    const ByteRange fits{range.offset_bytes, fits_bytes};
    if (const Status status = ops.copy(fits); !status.ok()) return status;
    if (const Status status = ops.publish(fits); !status.ok()) return status;
    return fits_bytes;
  }

 private:
  const bool nothing_when_full_;
};

}  // namespace

DAXLAB_WRITE_PLUGIN(@NAME@, @CLASS@Write, "keeps what fits, or nothing", options);
