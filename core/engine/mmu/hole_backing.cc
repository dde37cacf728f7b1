// What lies under the holes of a mapping on the mmu engine, and how it is armed.
#include <sys/mman.h>

#include <algorithm>

#include "core/engine/mmu/kernel_mapping.h"
#include "core/engine/mmu/memfd_page_cache.h"
#include "core/engine/mmu/mmu_address_space.h"

namespace daxlab {

Status MmuAddressSpace::back(Mapping& mapping, uint64_t pages_in_file) {
  PageRange all = mapping.range();
  if (mapping.backing() != HoleBacking::kernel_zero) {
    if (Status status = arm(mapping, all); !status.ok()) return status;
    if (mapping.backing() != HoleBacking::trap || trap_->by_access()) return {};
    // Parts of a hole that is split later merge again only if it was touched before the first
    // split: that gives all parts one anon_vma.
    Status status = trap_->insert_zero(mapping.start(), page_bytes);
    if (!status.ok()) return status;
    status = trap_->drop(mapping.start(), page_bytes);
    // A kernel that lets no page of locked memory go (before Linux 5.18) could punch no hole.
    return status.code() == ErrorCode::invalid_argument ? ErrorCode::unsupported : status;
  }
  uint64_t shown_end = std::clamp(pages_in_file, all.pgoff, all.end());
  PageRange shown{all.pgoff, shown_end - all.pgoff};
  mapping.set_bare_from(shown_end);
  return shown.pages == 0 ? Status{} : serve_zeros(mapping, shown);
}

// With the huge zero page switched off, MADV_HUGEPAGE would allocate real memory for every hole
// read. It is advice: a kernel without huge pages refuses it and serves small ones.
Status MmuAddressSpace::serve_zeros(const Mapping& mapping, PageRange run) noexcept {
  if (mapping.disturbed()) {
    if (Status status = map_no_access(mapping, run); !status.ok()) return status;
  }
  uint64_t address = mapping.address_of(run.pgoff);
  madvise(pointer(address), run.pages * page_bytes,
          huge_zero_pages_ ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
  return protect(address, run.pages * page_bytes, PROT_READ);
}

// No access until armed: a read between mapping and arming would be served by the kernel, and never
// fault again.
Status MmuAddressSpace::arm(const Mapping& mapping, PageRange run) noexcept {
  auto memory = HoleTrap::Memory::anonymous;
  if (mapping.backing() == HoleBacking::page_cache) {
    memory = HoleTrap::Memory::shared;
    Status status = map_over(mapping, run, PROT_NONE, MAP_SHARED | MAP_NORESERVE,
                             memfd_page_cache_of(mapping).descriptor(), run.pgoff * page_bytes);
    if (!status.ok()) return status;
  } else if (mapping.disturbed()) {
    if (Status status = map_no_access(mapping, run); !status.ok()) return status;
  }
  return trap_->arm(mapping.address_of(run.pgoff), run.pages * page_bytes, memory);
}

bool MmuAddressSpace::is_bare(const Mapping& mapping, PageRange run) {
  return mapping.entry(run.pgoff).state == PageState::none || mapping.disturbed();
}

Status MmuAddressSpace::rearm(Mapping& mapping, PageRange run) noexcept {
  if (!is_bare(mapping, run)) return {};
  Status status = arm(mapping, run);
  if (status.ok()) mapping.set_entries(run, {PageState::backing, 0});
  return status;
}

}  // namespace daxlab
