#include "core/engine/baseline/baseline_file.h"

#include <fcntl.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "core/base/errno_status.h"
#include "core/base/user_copy.h"
#include "core/base/user_memory.h"
#include "core/engine/baseline/baseline_view.h"

namespace daxlab {
namespace {

constexpr uint64_t largest_offset = INT64_MAX;

bool fits(ByteRange range) {
  return range.offset_bytes <= largest_offset &&
         range.length_bytes <= largest_offset - range.offset_bytes;
}

// What ends a call on its way counts only if nothing was done: no space, or no more buffer.
Result<uint64_t> short_or_refused(uint64_t done, int error_number) {
  const Status status = status_from_errno(error_number);
  const bool ended =
      status.code() == ErrorCode::no_space || status.code() == ErrorCode::bad_address;
  return ended && done > 0 ? Result(done) : status;
}

// As many extents as one call brings.
struct ExtentQuery {
  static constexpr uint32_t most = 128;
  alignas(fiemap) std::byte bytes[sizeof(fiemap) + most * sizeof(fiemap_extent)] = {};

  fiemap& head() { return *reinterpret_cast<fiemap*>(bytes); }
  void ask_from(uint64_t offset_bytes) {
    std::memset(bytes, 0, sizeof bytes);
    head().fm_start = offset_bytes;
    head().fm_length = FIEMAP_MAX_OFFSET - offset_bytes;
    head().fm_flags = FIEMAP_FLAG_SYNC;
    head().fm_extent_count = most;
  }
  std::span<const fiemap_extent> extents() { return {head().fm_extents, head().fm_mapped_extents}; }
};

// Somewhere in whole pages, so that it could be mapped.
bool has_blocks(const fiemap_extent& extent) {
  constexpr uint32_t elsewhere = FIEMAP_EXTENT_UNKNOWN | FIEMAP_EXTENT_DELALLOC |
                                 FIEMAP_EXTENT_ENCODED | FIEMAP_EXTENT_NOT_ALIGNED;
  return (extent.fe_flags & elsewhere) == 0 &&
         (extent.fe_logical | extent.fe_physical | extent.fe_length) % page_bytes == 0;
}

using AlignedMemory = std::unique_ptr<std::byte, decltype(&std::free)>;

AlignedMemory aligned_memory(uint64_t length_bytes) {
  return {static_cast<std::byte*>(std::aligned_alloc(block_bytes, length_bytes)), &std::free};
}

bool is_aligned(const void* memory) {
  return reinterpret_cast<uintptr_t>(memory) % block_bytes == 0;
}

Result<uint64_t> read_through(int descriptor, uint64_t offset_bytes, std::span<std::byte> into) {
  uint64_t done = 0;
  bool touched = false;
  while (done < into.size()) {
    const ssize_t n = ::pread(descriptor, into.data() + done, into.size() - done,
                              static_cast<off_t>(offset_bytes + done));
    if (n == 0) break;
    if (n > 0) {
      done += static_cast<uint64_t>(n);
      touched = false;
      continue;
    }
    if (errno == EINTR) continue;
    if (errno == EINVAL && done > 0) break;  // direct, at the end of a file of no whole blocks
    if (errno == EFAULT && !touched) {
      touched = writable_user_bytes(into.data() + done, into.size() - done) > 0;
      if (touched) continue;
    }
    return short_or_refused(done, errno);
  }
  return done;
}

Result<uint64_t> write_through(int descriptor, uint64_t offset_bytes,
                               std::span<const std::byte> from) {
  uint64_t done = 0;
  bool touched = false;
  while (done < from.size()) {
    const ssize_t n = ::pwrite(descriptor, from.data() + done, from.size() - done,
                               static_cast<off_t>(offset_bytes + done));
    if (n >= 0) {
      done += static_cast<uint64_t>(n);
      touched = false;
      continue;
    }
    if (errno == EINTR) continue;
    if (errno == EFAULT && !touched) {
      touched = readable_user_bytes(from.data() + done, from.size() - done) > 0;
      if (touched) continue;
    }
    return short_or_refused(done, errno);
  }
  return done;
}

}  // namespace

// The kernel answers EFAULT, too, where the buffer is a mapping of another engine: it cannot enter
// a fault that is handled in the thread. So the thread makes the accesses, and asks again if it
// could.
Result<uint64_t> BaselineFile::read(uint64_t offset_bytes, std::span<std::byte> into) {
  if (offset_bytes > largest_offset) return uint64_t{0};
  const std::span wanted = into.first(std::min(into.size(), largest_offset - offset_bytes));
  if (direct_for(offset_bytes, wanted.size()) != nullptr) {
    return read_directly(offset_bytes, wanted);
  }
  return read_through(inode_->descriptor(), offset_bytes, wanted);
}

Result<uint64_t> BaselineFile::write(uint64_t offset_bytes, std::span<const std::byte> from) {
  if (!fits({offset_bytes, from.size()})) return ErrorCode::too_big;
  if (direct_for(offset_bytes, from.size()) != nullptr) return write_directly(offset_bytes, from);
  return write_through(inode_->descriptor(), offset_bytes, from);
}

const OwnedDescriptor* BaselineFile::direct_for(uint64_t offset_bytes,
                                                uint64_t length_bytes) const {
  const bool whole = (offset_bytes | length_bytes) % block_bytes == 0 && length_bytes > 0;
  return whole ? inode_->direct() : nullptr;
}

// Buffers of callers lie anywhere: what is not aligned is copied, and what cannot be read to its
// end goes through the page cache, which answers as it should.
Result<uint64_t> BaselineFile::write_directly(uint64_t offset_bytes,
                                              std::span<const std::byte> from) {
  const int direct = inode_->direct()->number();
  if (is_aligned(from.data())) return write_through(direct, offset_bytes, from);
  AlignedMemory memory = aligned_memory(from.size());
  if (memory == nullptr) return ErrorCode::no_memory;
  if (copy_from_user(memory.get(), from.data(), from.size()) < from.size()) {
    return write_through(inode_->descriptor(), offset_bytes, from);
  }
  return write_through(direct, offset_bytes, {memory.get(), from.size()});
}

Result<uint64_t> BaselineFile::read_directly(uint64_t offset_bytes, std::span<std::byte> into) {
  const int direct = inode_->direct()->number();
  if (is_aligned(into.data())) return read_through(direct, offset_bytes, into);
  AlignedMemory memory = aligned_memory(into.size());
  if (memory == nullptr) return ErrorCode::no_memory;
  if (writable_user_bytes(into.data(), into.size()) < into.size()) {
    return read_through(inode_->descriptor(), offset_bytes, into);
  }
  const auto done = read_through(direct, offset_bytes, {memory.get(), into.size()});
  if (!done.ok()) return done;
  const uint64_t copied = copy_to_user(into.data(), memory.get(), done.value());
  return copied < done.value() ? short_or_refused(copied, EFAULT) : done;
}

Status BaselineFile::truncate(uint64_t size_bytes) {
  if (size_bytes > largest_offset) return ErrorCode::too_big;
  if (::ftruncate(inode_->descriptor(), static_cast<off_t>(size_bytes)) == 0) return {};
  return status_from_errno(errno);
}

Status BaselineFile::allocate(int mode, ByteRange range) {
  if (!fits(range)) return ErrorCode::too_big;
  int failed = 0;
  do {
    failed = ::fallocate(inode_->descriptor(), mode, static_cast<off_t>(range.offset_bytes),
                         static_cast<off_t>(range.length_bytes));
  } while (failed != 0 && errno == EINTR);
  return failed == 0 ? Status() : status_from_errno(errno);
}

Status BaselineFile::punch(ByteRange range) {
  return allocate(FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, range);
}

Status BaselineFile::preallocate(ByteRange range) { return allocate(0, range); }

Status BaselineFile::sync() {
  if (::fdatasync(inode_->descriptor()) == 0) return {};
  return status_from_errno(errno);
}

Result<std::vector<FileExtent>> BaselineFile::extents() {
  std::vector<FileExtent> extents;
  ExtentQuery query;
  uint64_t from_bytes = 0;
  for (bool last = false; !last;) {
    query.ask_from(from_bytes);
    if (::ioctl(inode_->descriptor(), FS_IOC_FIEMAP, query.bytes) != 0) {
      // ENOTTY: the file system does not know the call.
      if (errno == EOPNOTSUPP || errno == ENOTTY) return ErrorCode::unsupported;
      return status_from_errno(errno);
    }
    if (query.extents().empty()) break;
    for (const fiemap_extent& extent : query.extents()) {
      if (!has_blocks(extent)) return ErrorCode::unsupported;
      append_extent(extents, {.pgoff = extent.fe_logical / page_bytes,
                              .block = extent.fe_physical / block_bytes,
                              .pages = extent.fe_length / page_bytes});
      from_bytes = extent.fe_logical + extent.fe_length;
      last = (extent.fe_flags & FIEMAP_EXTENT_LAST) != 0;
    }
  }
  return extents;
}

Result<std::unique_ptr<View>> BaselineFile::map(PageRange range) {
  return BaselineView::map(inode_, range);
}

Result<std::unique_ptr<View>> BaselineFile::map_aligned(PageRange range, uint64_t alignment_bytes) {
  return BaselineView::map(inode_, range, alignment_bytes);
}

}  // namespace daxlab
