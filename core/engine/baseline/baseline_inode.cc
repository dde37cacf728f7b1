#include "core/engine/baseline/baseline_inode.h"

#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cassert>

namespace daxlab {

BaselineInode::~BaselineInode() {
  struct stat facts {};
  const bool is_gone = ::fstat(descriptor(), &facts) == 0 && facts.st_nlink == 0;
  direct_.reset();
  descriptor_.reset();
  if (is_gone) freeing_->wait();
}

uint64_t BaselineInode::size_bytes() const {
  struct stat facts {};
  [[maybe_unused]] const int failed = ::fstat(descriptor(), &facts);
  assert(failed == 0);  // the descriptor is ours and open
  return static_cast<uint64_t>(facts.st_size);
}

bool BaselineInode::is_hole(uint64_t offset_bytes) const {
  const auto at = static_cast<off_t>(offset_bytes);
  return ::lseek(descriptor(), at, SEEK_HOLE) == at;
}

// A load may lack space, too: tmpfs gives pages to those that are read.
Status BaselineInode::cause_of_bus_error(uint64_t offset_bytes) const {
  // XFS refuses while it still has as many as its trees might take.
  constexpr uint64_t as_good_as_none_bytes = uint64_t{256} << 10;
  const uint64_t page_start = offset_bytes / page_bytes * page_bytes;
  if (page_start >= size_bytes()) return ErrorCode::beyond_end;
  struct statvfs space {};
  const bool full = ::fstatvfs(descriptor(), &space) == 0 &&
                    uint64_t{space.f_bavail} * space.f_frsize < as_good_as_none_bytes;
  return full && is_hole(page_start) ? ErrorCode::no_space : ErrorCode::io_error;
}

}  // namespace daxlab
