// Right, but for the one promise that its option names.
#include <algorithm>
#include <cstdint>

#include "daxlab/write.h"

namespace {

using namespace daxlab;

enum Flaw : uint64_t {
  none,
  forgets_the_last_byte,
  says_all_when_full,
  short_or_refused,
  publishes_before_it_copies,
  takes_half_of_the_longest,
};

constexpr Option options[] = {choice_option(
    "flaw",
    "none|forgets_the_last_byte|says_all_when_full|short_or_refused|publishes_before_it_copies|"
    "takes_half_of_the_longest",
    0, "which promise it breaks")};

constexpr uint64_t longest_bytes = uint64_t{1} << 20;

class WrongWrite final : public WriteStrategy {
 public:
  WrongWrite(Host&, const OptionValues& values) : flaw_(values[0]) {}

  uint64_t max_write_bytes() const noexcept override { return longest_bytes; }

  Result<uint64_t> write(ByteRange range, WriteOps& ops) noexcept override {
    if (flaw_ == takes_half_of_the_longest && range.length_bytes > longest_bytes / 2) {
      range.length_bytes = longest_bytes / 2;
    }
    ByteRange fits{range.offset_bytes, ops.reserve(range, Staging::in_place)};
    if (fits.length_bytes < range.length_bytes) {
      const bool refuse = flaw_ == short_or_refused && range.length_bytes / page_bytes % 2 == 0;
      if (refuse || fits.length_bytes == 0) return ErrorCode::no_space;
    }
    const uint64_t said = flaw_ == says_all_when_full ? range.length_bytes : fits.length_bytes;
    if (flaw_ == forgets_the_last_byte && fits.length_bytes > 1) --fits.length_bytes;
    if (flaw_ == publishes_before_it_copies) {
      if (Status status = ops.publish(fits); !status.ok()) return status;
      if (Status status = ops.copy(fits); !status.ok()) return status;
      return said;
    }
    if (Status status = ops.copy(fits); !status.ok()) return status;
    if (Status status = ops.publish(fits); !status.ok()) return status;
    return said;
  }

 private:
  uint64_t flaw_;
};

}  // namespace

DAXLAB_WRITE_PLUGIN(wrong_write, WrongWrite, "wrong in the way that its option names", options);
