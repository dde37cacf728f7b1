#include "core/engine/mmu/kernel_mapping.h"

#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "core/base/errno_status.h"

namespace daxlab {
namespace {

// EAGAIN does not pass by itself: the process locks its memory, and may lock no more.
Status status_of_mmap(int error_number) noexcept {
  if (error_number == EAGAIN) return ErrorCode::no_memory;
  return error_number == ENOMEM ? ErrorCode::no_mappings : status_from_errno(error_number);
}

// Since Linux 5.18; older headers lack it.
constexpr int dontneed_locked = 24;

}  // namespace

Status map_over(const Mapping& mapping, PageRange run, int protection, int flags, int descriptor,
                uint64_t offset_bytes) noexcept {
  // A raw system call: ThreadSanitizer takes mmap() for a write to all of the range.
  long at = syscall(SYS_mmap, mapping.address_of(run.pgoff), run.pages * page_bytes, protection,
                    MAP_FIXED | flags, descriptor, offset_bytes);
  return at == -1 ? status_of_mmap(errno) : Status{};
}

Status map_no_access(const Mapping& mapping, PageRange run) noexcept {
  return map_over(mapping, run, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
}

Status protect(uint64_t address, uint64_t length_bytes, int protection) noexcept {
  int failed = mprotect(pointer(address), length_bytes, protection);
  return failed == 0 ? Status{} : status_of_mmap(errno);
}

Status drop_pages(uint64_t address, uint64_t length_bytes) noexcept {
  int failed = madvise(pointer(address), length_bytes, MADV_DONTNEED);
  if (failed != 0 && errno == EINVAL) {  // locked memory
    failed = madvise(pointer(address), length_bytes, dontneed_locked);
  }
  return failed == 0 ? Status{} : status_from_errno(errno);
}

}  // namespace daxlab
