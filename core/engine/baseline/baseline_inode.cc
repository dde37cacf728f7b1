#include "core/engine/baseline/baseline_inode.h"

#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cassert>

namespace daxlab {

BaselineInode::~BaselineInode() { ::close(descriptor_); }

uint64_t BaselineInode::size_bytes() const {
  struct stat facts {};
  [[maybe_unused]] const int failed = ::fstat(descriptor_, &facts);
  assert(failed == 0);  // the descriptor is ours and open
  return static_cast<uint64_t>(facts.st_size);
}

Status BaselineInode::cause_of_bus_error(uint64_t offset_bytes, bool store) const {
  const uint64_t page_start = offset_bytes / page_bytes * page_bytes;
  if (page_start >= size_bytes()) return ErrorCode::beyond_end;
  struct statvfs space {};
  const bool full = ::fstatvfs(descriptor_, &space) == 0 && space.f_bavail == 0;
  return store && full ? ErrorCode::no_space : ErrorCode::io_error;
}

}  // namespace daxlab
