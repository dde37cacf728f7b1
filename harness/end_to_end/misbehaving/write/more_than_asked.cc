// Puts every byte where it belongs, and says that it wrote one more.
#include "daxlab/write.h"

namespace {

using namespace daxlab;

class MoreThanAsked final : public WriteStrategy {
 public:
  MoreThanAsked(Host&, const OptionValues&) {}

  uint64_t max_write_bytes() const noexcept override { return UINT64_MAX; }
  Result<uint64_t> write(ByteRange range, WriteOps& ops) noexcept override {
    if (ops.reserve(range, Staging::in_place) < range.length_bytes) return ErrorCode::no_space;
    if (Status status = ops.copy(range); !status.ok()) return status;
    if (Status status = ops.publish(range); !status.ok()) return status;
    return range.length_bytes + 1;
  }
};

}  // namespace

DAXLAB_WRITE_PLUGIN(more_than_asked, MoreThanAsked, "wrong: returns more bytes than asked for",
                    no_options);
