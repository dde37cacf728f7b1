#include "core/engine/mmu/memfd_page_cache.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <cerrno>

#include "core/base/errno_status.h"
#include "core/base/reserved_memory.h"
#include "core/dax/shared_file.h"
#include "core/region/layout.h"
#include "core/sync/locked.h"

namespace daxlab {
namespace {

constexpr uint64_t cache_bytes = max_file_pages * page_bytes;
constexpr uint64_t bits_bytes = max_file_pages / 8;

}  // namespace

// Each engine makes the caches of its files.
MemfdPageCache& memfd_page_cache_of(const Mapping& mapping) {
  return static_cast<MemfdPageCache&>(mapping.file().cache);
}

MemfdPageCache::~MemfdPageCache() {
  int descriptor = descriptor_.load();
  if (descriptor < 0) return;
  counters_.raise(Peak::page_cache_pages, -static_cast<int64_t>(pages_.load()));
  if (std::byte* bytes = bytes_.load()) munmap(bytes, cache_bytes);
  munmap(static_cast<void*>(bits_), bits_bytes);
  close(descriptor);
}

Status MemfdPageCache::open() {
  if (descriptor() >= 0) return {};
  opening_.lock();
  Status status = descriptor() >= 0 ? Status{} : make();
  opening_.unlock();
  return status;
}

Status MemfdPageCache::make() {
  int made = memfd_create("daxlab-page-cache", MFD_CLOEXEC);
  if (made < 0) return status_from_errno(errno);
  if (ftruncate(made, static_cast<off_t>(cache_bytes)) != 0) {
    Status status = status_from_errno(errno);
    close(made);
    return status;
  }
  void* bits = reserve_memory(bits_bytes);
  if (bits == nullptr) {
    close(made);
    return ErrorCode::no_memory;
  }
  bits_ = static_cast<std::atomic<uint64_t>*>(bits);
  descriptor_.store(made, std::memory_order_release);
  return {};
}

bool MemfdPageCache::has(uint64_t pgoff) const {
  if (descriptor() < 0) return false;
  return (word_of(pgoff).load(std::memory_order_relaxed) >> (pgoff % 64) & 1) != 0;
}

Status MemfdPageCache::add(uint64_t pgoff) {
  if (Status status = open(); !status.ok()) return status;
  uint64_t bit = uint64_t{1} << (pgoff % 64);
  if ((word_of(pgoff).fetch_or(bit, std::memory_order_relaxed) & bit) != 0) return {};
  pages_.fetch_add(1, std::memory_order_relaxed);
  counters_.raise(Peak::page_cache_pages, 1);
  uint64_t highest = highest_.load(std::memory_order_relaxed);
  while (highest <= pgoff &&
         !highest_.compare_exchange_weak(highest, pgoff + 1, std::memory_order_relaxed)) {
  }
  return {};
}

Status MemfdPageCache::fill(PageRange range) {
  int failed =
      fallocate(descriptor(), FALLOC_FL_KEEP_SIZE, static_cast<off_t>(range.pgoff * page_bytes),
                static_cast<off_t>(range.pages * page_bytes));
  if (failed == 0) return {};
  return errno == ENOSPC ? ErrorCode::no_memory : status_from_errno(errno);  // it is no region's
}

Status MemfdPageCache::remove(PageRange range) {
  if (descriptor() < 0) return {};
  uint64_t end = std::min(range.end(), highest_.load(std::memory_order_relaxed));
  uint64_t first = next(range.pgoff);
  if (first >= end) return {};
  range = {first, end - first};
  int failed = fallocate(descriptor(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
                         static_cast<off_t>(range.pgoff * page_bytes),
                         static_cast<off_t>(range.pages * page_bytes));
  Status status = failed == 0 ? Status{} : status_from_errno(errno);
  if (!status.ok()) zero(range);
  uint64_t removed = 0;
  for (uint64_t pgoff = first; pgoff < end; pgoff = next(pgoff + 1)) {
    word_of(pgoff).fetch_and(~(uint64_t{1} << (pgoff % 64)), std::memory_order_relaxed);
    ++removed;
  }
  pages_.fetch_sub(removed, std::memory_order_relaxed);
  counters_.raise(Peak::page_cache_pages, -static_cast<int64_t>(removed));
  return status;
}

// What the kernel would not take back: whoever adds a page again gets zeros.
void MemfdPageCache::zero(PageRange range) {
  constexpr std::array<std::byte, page_bytes> zeros{};
  for (uint64_t pgoff = range.pgoff; pgoff < range.end(); pgoff = next(pgoff + 1)) {
    // The page is there and has its memory: nothing is left that could fail.
    [[maybe_unused]] ssize_t written =
        pwrite(descriptor(), zeros.data(), page_bytes, static_cast<off_t>(pgoff * page_bytes));
    assert(written == page_bytes);
  }
}

std::byte* MemfdPageCache::address_of(uint64_t pgoff) const {
  if (bytes_.load(std::memory_order_acquire) == nullptr) {
    const Locked finding(opening_);
    if (bytes_.load() == nullptr) {
      void* found = reserve_memory_of(descriptor(), cache_bytes);
      bytes_.store(static_cast<std::byte*>(found), std::memory_order_release);
    }
  }
  std::byte* bytes = bytes_.load(std::memory_order_acquire);
  return bytes == nullptr ? nullptr : bytes + pgoff * page_bytes;
}

uint64_t MemfdPageCache::next(uint64_t pgoff) const {
  uint64_t end = descriptor() < 0 ? 0 : highest_.load(std::memory_order_relaxed);
  while (pgoff < end) {
    uint64_t rest = word_of(pgoff).load(std::memory_order_relaxed) >> (pgoff % 64);
    if (rest != 0) return pgoff + static_cast<uint64_t>(std::countr_zero(rest));
    pgoff = (pgoff / 64 + 1) * 64;
  }
  return max_file_pages;
}

}  // namespace daxlab
