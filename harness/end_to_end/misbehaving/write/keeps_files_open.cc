// Writes as it should, but every instance opens a file that it never closes, and maps it.
#include <fcntl.h>
#include <sys/mman.h>

#include "daxlab/write.h"

namespace {

using namespace daxlab;

class KeepsFilesOpen final : public WriteStrategy {
 public:
  KeepsFilesOpen(Host&, const OptionValues&) {
    const int file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    mapped_ = mmap(nullptr, page_bytes, PROT_READ, MAP_PRIVATE, file, 0);
  }

  uint64_t max_write_bytes() const noexcept override { return UINT64_MAX; }
  Result<uint64_t> write(ByteRange range, WriteOps& ops) noexcept override {
    if (ops.reserve(range, Staging::in_place) < range.length_bytes) return ErrorCode::no_space;
    if (Status status = ops.copy(range); !status.ok()) return status;
    if (Status status = ops.publish(range); !status.ok()) return status;
    return range.length_bytes;
  }

 private:
  [[maybe_unused]] void* mapped_;
};

}  // namespace

DAXLAB_WRITE_PLUGIN(keeps_files_open, KeepsFilesOpen, "wrong: opens a file and never closes it",
                    no_options);
