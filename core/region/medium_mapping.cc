#include "core/region/medium_mapping.h"

#include <fmt/format.h>
#include <sys/mman.h>

#include <cerrno>

#include "core/base/errno_status.h"
#include "core/region/fsdax_file.h"
#include "daxlab/types.h"

namespace daxlab {
namespace {

constexpr uint64_t huge_page_bytes = max_fault_pages * page_bytes;

struct Wish {
  int descriptor;
  uint64_t size_bytes;
  int protection, flags;
};

// Devices refuse private mappings, and have no holes that looking at them could fill.
Wish wish_for(MediumKind kind, Access access, int descriptor, uint64_t size_bytes) {
  if (access == Access::read_write) {
    return {descriptor, size_bytes, PROT_READ | PROT_WRITE, shared_mapping_flags(kind)};
  }
  if (kind == MediumKind::devdax) return {descriptor, size_bytes, PROT_READ, MAP_SHARED};
  return {descriptor, size_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_NORESERVE};
}

void* map(const Wish& wish, void* at, int more_flags) {
  return mmap(at, wish.size_bytes, wish.protection, wish.flags | more_flags, wish.descriptor, 0);
}

// MAP_FAILED and errno, as mmap.
void* map_aligned(const Wish& wish) {
  const uint64_t room_bytes = wish.size_bytes + huge_page_bytes;
  void* const room =
      mmap(nullptr, room_bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (room == MAP_FAILED) return room;
  auto* const first = static_cast<std::byte*>(room);
  const uint64_t before =
      huge_page_bytes - reinterpret_cast<uintptr_t>(room) % huge_page_bytes;  // never 0
  std::byte* const start = first + before;
  if (map(wish, start, MAP_FIXED) == MAP_FAILED) {
    const int why = errno;
    munmap(room, room_bytes);
    errno = why;
    return MAP_FAILED;
  }
  munmap(first, before);
  const uint64_t mapped_bytes = (wish.size_bytes + page_bytes - 1) / page_bytes * page_bytes;
  std::byte* const end = start + mapped_bytes;
  if (first + room_bytes > end) munmap(end, static_cast<size_t>(first + room_bytes - end));
  return start;
}

}  // namespace

int shared_mapping_flags(MediumKind kind) noexcept {
  return kind == MediumKind::fsdax ? synchronous_mapping : MAP_SHARED;
}

ErrorOr<std::span<std::byte>> map_medium(MediumKind kind, Access access, int descriptor,
                                         uint64_t size_bytes, const std::string& what) {
  const Wish wish = wish_for(kind, access, descriptor, size_bytes);
  void* const base = is_dax(kind) ? map_aligned(wish) : map(wish, nullptr, 0);
  if (base == MAP_FAILED) {
    return error_from_errno(fmt::format("{}: mapping {} bytes", what, size_bytes), errno,
                            size_bytes);
  }
  return std::span(static_cast<std::byte*>(base), size_bytes);
}

}  // namespace daxlab
