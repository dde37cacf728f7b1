// What lies under the holes of a mapping on the mmu engine, and how it is armed.
#include <sys/mman.h>

#include <algorithm>
#include <cerrno>

#include "core/base/errno_status.h"
#include "core/dax/shared_file.h"
#include "core/engine/mmu/kernel_mapping.h"
#include "core/engine/mmu/mmu_address_space.h"

namespace daxlab {
namespace {

constexpr uint64_t huge_page_bytes = max_fault_pages * page_bytes;

}  // namespace

// Addresses without access, congruent to file offsets modulo 2 MiB so that huge zero pages fit.
Status MmuAddressSpace::reserve_addresses(Mapping& mapping) {
  uint64_t length = mapping.range().pages * page_bytes;
  void* reserved = mmap(nullptr, length + huge_page_bytes, PROT_NONE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (reserved == MAP_FAILED) return status_from_errno(errno);
  uint64_t first = reinterpret_cast<uint64_t>(reserved);
  uint64_t phase = mapping.range().pgoff * page_bytes % huge_page_bytes;
  uint64_t start = first + (phase - first % huge_page_bytes + huge_page_bytes) % huge_page_bytes;
  if (start > first) munmap(reserved, start - first);
  uint64_t slack = first + huge_page_bytes - start;
  if (slack > 0) munmap(pointer(start + length), slack);
  mapping.set_start(start);
  return {};
}

Status MmuAddressSpace::back(Mapping& mapping, uint64_t pages_in_file) {
  PageRange all = mapping.range();
  if (mapping.backing() != HoleBacking::kernel_zero) {
    if (Status status = arm(mapping, all); !status.ok()) return status;
    if (mapping.backing() == HoleBacking::trap) {
      // Parts of a hole that is split later merge again only if it was touched before the first
      // split: that gives all parts one anon_vma.
      if (Status status = door_.insert_zero(mapping.start(), page_bytes); !status.ok()) {
        return status;
      }
      return drop_pages(mapping, {all.pgoff, 1});
    }
    return {};
  }
  uint64_t shown_end = std::clamp(pages_in_file, all.pgoff, all.end());
  PageRange shown{all.pgoff, shown_end - all.pgoff};
  if (shown.pages < all.pages) {
    mapping.set_entries({shown_end, all.end() - shown_end}, {PageState::none, 0});
  }
  return shown.pages == 0 ? Status{} : serve_zeros(mapping, shown);
}

// With the huge zero page switched off, MADV_HUGEPAGE would allocate real memory for every hole
// read. It is advice: a kernel without huge pages refuses it and serves small ones.
Status MmuAddressSpace::serve_zeros(const Mapping& mapping, PageRange run) noexcept {
  madvise(pointer(mapping.address_of(run.pgoff)), run.pages * page_bytes,
          huge_zero_pages_ ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
  return protect(mapping, run, PROT_READ);
}

// No access until armed: a read between mapping and arming would be served by the kernel, and never
// fault again.
Status MmuAddressSpace::arm(const Mapping& mapping, PageRange run) noexcept {
  auto memory = UserfaultDoor::Memory::anonymous;
  if (mapping.backing() == HoleBacking::page_cache) {
    memory = UserfaultDoor::Memory::shared;
    Status status = map_over(mapping, run, PROT_NONE, MAP_SHARED | MAP_NORESERVE,
                             mapping.file().cache.descriptor(), run.pgoff * page_bytes);
    if (!status.ok()) return status;
  }
  Status status = door_.arm(mapping.address_of(run.pgoff), run.pages * page_bytes, memory);
  return status.ok() ? protect(mapping, run, PROT_READ) : status;
}

Status MmuAddressSpace::rearm(Mapping& mapping, PageRange run) noexcept {
  if (mapping.entry(run.pgoff).state != PageState::none) return {};
  if (!room_for_kernel_mappings()) return ErrorCode::no_mappings;
  Status status = arm(mapping, run);
  if (status.ok()) mapping.set_entries(run, {PageState::backing, 0});
  return status;
}

}  // namespace daxlab
