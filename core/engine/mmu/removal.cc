// Taking pages out of a mapping on the mmu engine, also where the kernel has no mapping left for
// it.
#include <sys/mman.h>

#include "core/engine/mmu/kernel_mapping.h"
#include "core/engine/mmu/mmu_address_space.h"

namespace daxlab {

// Zero pages in armed memory go one by one and leave it armed; all else is replaced by addresses
// without access, whose next touch faults as well. Dropping a block mapping's pages (MADV_DONTNEED)
// would not do: the kernel brings them back silently.
Status MmuAddressSpace::remove(Mapping& mapping, PageRange run) noexcept {
  uint64_t pgoff = run.pgoff;
  while (pgoff < run.end()) {
    Removal removal = removal_of(mapping, pgoff);
    uint64_t end = pgoff + 1;
    while (end < run.end() && removal_of(mapping, end) == removal) ++end;
    if (Status status = take_out(mapping, {pgoff, end - pgoff}, removal); !status.ok()) {
      return status;
    }
    pgoff = end;
  }
  return {};
}

MmuAddressSpace::Removal MmuAddressSpace::removal_of(const Mapping& mapping, uint64_t pgoff) {
  bool kernel_serves = mapping.backing() == HoleBacking::kernel_zero;
  switch (mapping.entry(pgoff).state) {
    case PageState::none:
      return Removal::nothing;
    case PageState::backing:
      return kernel_serves ? Removal::replace : Removal::nothing;
    case PageState::kernel_zero:
      return kernel_serves ? Removal::replace : Removal::drop;
    case PageState::cached:
      return mapping.backing() == HoleBacking::page_cache ? Removal::drop : Removal::replace;
    case PageState::own_zero:
    case PageState::block_ro:
    case PageState::block_rw:
      break;
  }
  return Removal::replace;
}

Status MmuAddressSpace::take_out(Mapping& mapping, PageRange run, Removal removal) noexcept {
  if (removal == Removal::nothing) return {};
  if (removal == Removal::drop &&
      trap_->drop(mapping.address_of(run.pgoff), run.pages * page_bytes).ok()) {
    mapping.set_entries(run, {PageState::backing, 0});
    return {};
  }
  return bare(mapping, run).ok() ? Status{} : hide(mapping, run);
}

Status MmuAddressSpace::bare(Mapping& mapping, PageRange run) noexcept {
  Status status = map_no_access(mapping, run);
  if (status.code() == ErrorCode::no_mappings && spare_.give_up()) {
    status = map_no_access(mapping, run);
  }
  if (!status.ok()) return status;
  if (bare_entry(mapping).state == PageState::backing) {  // by access: only advice is missing
    status = trap_->arm(mapping.address_of(run.pgoff), run.pages * page_bytes,
                        HoleTrap::Memory::anonymous);
  }
  if (status.ok()) mapping.set_entries(run, bare_entry(mapping));
  return status;
}

PageEntry MmuAddressSpace::bare_entry(const Mapping& mapping) const {
  bool is_trap = trap_->by_access() && mapping.backing() == HoleBacking::trap;
  return {is_trap ? PageState::backing : PageState::none, 0};
}

// The kernel has no room to put something else in the place of the run. Taking access from what is
// there needs less: none at all when it is the whole mapping. That touches pages whose locks we do
// not hold; their entries stay, and their next touch shows them again.
Status MmuAddressSpace::hide(Mapping& mapping, PageRange run) noexcept {
  mapping.disturb();
  Status status = protect(mapping.address_of(run.pgoff), run.pages * page_bytes, PROT_NONE);
  if (!status.ok()) {
    status = protect(mapping.start(), mapping.range().pages * page_bytes, PROT_NONE);
  }
  if (status.ok()) mapping.set_entries(run, bare_entry(mapping));
  return status;
}

Status MmuAddressSpace::all_or_none(Mapping& mapping, PageRange run, Removal removal,
                                    Status status) noexcept {
  if (!status.ok()) (void)take_out(mapping, run, removal);  // it always can, by hide()
  return status;
}

// Armed again at once where the ground is armed, or each page that comes back would have to be, and
// would be a kernel mapping of its own.
Status MmuAddressSpace::clear(Mapping& mapping, PageRange run) noexcept {
  if (Status status = bare(mapping, run); !status.ok()) return status;
  if (run == mapping.range()) mapping.calm();
  spare_.keep();
  return mapping.backing() == HoleBacking::kernel_zero ? Status{} : rearm(mapping, run);
}

}  // namespace daxlab
