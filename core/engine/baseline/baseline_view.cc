#include "core/engine/baseline/baseline_view.h"

#include <sys/mman.h>

#include <cerrno>
#include <cstdlib>

#include "core/base/bus_error.h"
#include "core/base/errno_status.h"

namespace daxlab {
namespace {

struct WholePages {
  uint64_t first_bytes;
  uint64_t end_bytes;
};

WholePages pages_around(ByteRange range) {
  return {range.offset_bytes / page_bytes * page_bytes,
          (range.end() + page_bytes - 1) / page_bytes * page_bytes};
}

bool lies_within(ByteRange range, uint64_t length_bytes) {
  return range.offset_bytes <= length_bytes &&
         range.length_bytes <= length_bytes - range.offset_bytes;
}

// Changes nothing, but takes the write fault; an atomic operation, so that no store of another
// thread is lost.
void touch_for_write(std::byte* at) {
  auto* const byte = reinterpret_cast<unsigned char*>(at);
  unsigned char seen = __atomic_load_n(byte, __ATOMIC_RELAXED);
  // Not fetch_or(0): compilers turn that into a load.
  while (
      !__atomic_compare_exchange_n(byte, &seen, seen, true, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
  }
}

// Addresses of nobody else with the alignment, no access yet; nullptr: errno says why.
void* reserve_aligned(uint64_t length_bytes, uint64_t alignment_bytes) {
  constexpr uint64_t huge_bytes = max_fault_pages * page_bytes;
  const uint64_t more_bytes = length_bytes + huge_bytes;
  void* const reserved =
      ::mmap(nullptr, more_bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (reserved == MAP_FAILED) return nullptr;
  auto* const first = static_cast<std::byte*>(reserved);
  const uint64_t before =
      (alignment_bytes + huge_bytes - reinterpret_cast<uint64_t>(reserved) % huge_bytes) %
      huge_bytes;
  if (before != 0) ::munmap(first, before);
  if (before != huge_bytes) ::munmap(first + before + length_bytes, huge_bytes - before);
  return first + before;
}

}  // namespace

Result<std::unique_ptr<View>> BaselineView::map(std::shared_ptr<BaselineInode> inode,
                                                PageRange range, uint64_t alignment_bytes) {
  constexpr uint64_t most_pages = static_cast<uint64_t>(INT64_MAX) / page_bytes;
  if (range.pages == 0 || range.pages > most_pages || range.pgoff > most_pages - range.pages)
    return ErrorCode::invalid_argument;
  const uint64_t length_bytes = range.pages * page_bytes;
  void* const place =
      alignment_bytes == 0 ? nullptr : reserve_aligned(length_bytes, alignment_bytes);
  if (alignment_bytes != 0 && place == nullptr) return status_from_errno(errno);
  void* const at = ::mmap(place, length_bytes, PROT_READ | PROT_WRITE,
                          MAP_SHARED | (place == nullptr ? 0 : MAP_FIXED), inode->descriptor(),
                          static_cast<off_t>(range.pgoff * page_bytes));
  if (at == MAP_FAILED) {
    const int error = errno;
    if (place != nullptr) ::munmap(place, length_bytes);
    return status_from_errno(error);
  }
  return std::unique_ptr<View>(
      new BaselineView(static_cast<std::byte*>(at), std::move(inode), range));
}

BaselineView::BaselineView(std::byte* raw, std::shared_ptr<BaselineInode> inode, PageRange range)
    : View(raw, range.pages * page_bytes),
      inode_(std::move(inode)),
      file_offset_bytes_(range.pgoff * page_bytes) {}

BaselineView::~BaselineView() { ::munmap(raw(), length_bytes()); }

Result<uint64_t> BaselineView::try_load(uint64_t offset_bytes) const {
  uint64_t value = 0;
  if (survives_bus_error([&] { value = load(offset_bytes); })) return value;
  return inode_->cause_of_bus_error(file_offset_bytes_ + offset_bytes);
}

Status BaselineView::try_store(uint64_t offset_bytes, uint64_t value) {
  if (survives_bus_error([&] { store(offset_bytes, value); })) return {};
  return inode_->cause_of_bus_error(file_offset_bytes_ + offset_bytes);
}

Status BaselineView::prefault(ByteRange range, bool write) {
  if (!lies_within(range, length_bytes())) return ErrorCode::invalid_argument;
  if (range.length_bytes == 0) return {};
  const auto [first_bytes, end_bytes] = pages_around(range);
  const int advice = write ? MADV_POPULATE_WRITE : MADV_POPULATE_READ;
  if (::madvise(raw() + first_bytes, end_bytes - first_bytes, advice) == 0) return {};
  // EINVAL: a kernel before 5.14. EFAULT: somewhere is a bus error; touching finds where and why.
  if (errno != EINVAL && errno != EFAULT) return status_from_errno(errno);
  return touch(first_bytes, end_bytes, write);
}

Status BaselineView::touch(uint64_t first_bytes, uint64_t end_bytes, bool write) {
  for (uint64_t offset_bytes = first_bytes; offset_bytes < end_bytes; offset_bytes += page_bytes) {
    const bool touched = survives_bus_error([&] {
      if (write) {
        touch_for_write(raw() + offset_bytes);
      } else {
        (void)*static_cast<volatile std::byte*>(raw() + offset_bytes);
      }
    });
    if (!touched) return inode_->cause_of_bus_error(file_offset_bytes_ + offset_bytes);
  }
  return {};
}

Status BaselineView::sync(ByteRange range) {
  if (!lies_within(range, length_bytes())) return ErrorCode::invalid_argument;
  if (range.length_bytes == 0) return {};
  const auto [first_bytes, end_bytes] = pages_around(range);
  if (::msync(raw() + first_bytes, end_bytes - first_bytes, MS_SYNC) == 0) return {};
  return status_from_errno(errno);
}

// raw() is never null here, so the base class never calls these.
uint64_t BaselineView::load_by_call(uint64_t) const { std::abort(); }
void BaselineView::store_by_call(uint64_t, uint64_t) { std::abort(); }

}  // namespace daxlab
