#include "core/engine/baseline/late_freeing.h"

#include <fcntl.h>
#include <sys/ioctl.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>

#include "core/base/file_system_type.h"

namespace daxlab {
namespace {

// Of XFS's own interface, which has no header in the kernel's: gives up what files hold beyond
// their ends, and waits for all that is being freed.
struct FreeEofBlocks {
  uint32_t version = 1;
  uint32_t flags = 1;  // wait
  uint32_t user = 0, group = 0, project = 0, unused = 0;
  uint64_t min_file_size = 0;
  uint64_t reserved[12] = {};
};
static_assert(sizeof(FreeEofBlocks) == 128);
constexpr unsigned long free_eof_blocks = _IOR('X', 58, FreeEofBlocks);

}  // namespace

LateFreeing::LateFreeing(const OwnedDescriptor& directory, long magic_number) {
  if (name_of_file_system(magic_number) != "xfs") return;
  directory_ = OwnedDescriptor(::fcntl(directory.number(), F_DUPFD_CLOEXEC, 0));
}

void LateFreeing::wait() const {
  if (!directory_.is_open()) return;
  FreeEofBlocks request;
  int failed = 0;
  do {
    failed = ::ioctl(directory_.number(), free_eof_blocks, &request) == 0 ? 0 : errno;
  } while (failed == EINTR);
  if (failed == 0 || failed == EPERM) return;
  std::fprintf(stderr,
               "daxlab: XFS does not say when removed files are freed: %s; free space may be "
               "counted too low\n",
               std::strerror(failed));
}

}  // namespace daxlab
