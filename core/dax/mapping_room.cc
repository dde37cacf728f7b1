#include "core/dax/mapping_room.h"

#include "core/dax/page_locks.h"
#include "core/sync/schedule.h"

namespace daxlab {

// A whole round of this thread's own, from where others have left off. Once a mapping has been
// refused, there are more of them only after some have become fewer: where none have, this round
// has seen all that could go.
bool MappingRoom::make(SharedFile& locked, uint64_t times_made_before) noexcept {
  // Where the kernel refuses what we count room for, others than we have used it up.
  const uint64_t enough = addresses_.room() + wanted_;
  const uint64_t start = hand_.load();
  const bool saw_behind = take_out_between(start, UINT64_MAX, enough, locked);
  const bool saw_before = take_out_between(0, start, enough, locked);
  return !saw_behind || !saw_before || times_made() != times_made_before;
}

// False where somebody's lock was in the way.
bool MappingRoom::take_out_between(uint64_t first, uint64_t end, uint64_t enough,
                                   SharedFile& locked) noexcept {
  bool all = true;
  for (uint64_t at = first; at < end && addresses_.room() < enough;) {
    const Stretch stretch = stretch_from(at);
    if (stretch.mapping == nullptr) break;
    at = stretch.mapping->address_of(stretch.pages.end());
    hand_.store(at);
    all &= take_out(*stretch.mapping, stretch.pages, locked);
    stretch.mapping->release();
  }
  return all;
}

// The first that lies at or behind the address: within 2 MiB, but for what goes as a whole.
MappingRoom::Stretch MappingRoom::stretch_from(uint64_t address) noexcept {
  Mapping* mapping = addresses_.acquire_mapping_from(address);
  if (mapping == nullptr) return {};
  const PageRange all = mapping->range();
  const uint64_t first = address > mapping->start() ? mapping->pgoff_of(address) : all.pgoff;
  uint64_t end = std::min((first / max_fault_pages + 1) * max_fault_pages, all.end());
  // One kernel mapping cannot become fewer. What was disturbed can only be laid anew as a whole.
  if (mapping->kernel_mappings() == 1 || mapping->disturbed()) end = all.end();
  return {mapping, {first, end - first}};
}

// False where somebody's lock was in the way. A page's lock is enough to take it out, as long as
// its file's invalidate_lock keeps out those who do without page locks.
bool MappingRoom::take_out(Mapping& mapping, PageRange pages, SharedFile& locked) noexcept {
  if (!mapping.is_worth_clearing(pages) && !mapping.disturbed()) return true;
  SharedFile& file = mapping.file();
  const bool is_locked = &file == &locked;
  if (!is_locked && !file.invalidate_lock.try_lock_shared()) return false;
  bool all = true;
  {
    HeldPages held(file.page_locks);
    for (uint64_t pgoff = pages.pgoff; pgoff < pages.end();) {
      const PageRange run{pgoff, held.try_lock({pgoff, pages.end() - pgoff})};
      if (run.pages > 0) clear(mapping, run);
      all &= run.end() == pages.end();
      pgoff = run.end() + 1;  // the page behind them is somebody's
    }
  }
  if (!is_locked) file.invalidate_lock.unlock_shared();
  return all;
}

// What is refused has changed nothing, or only what the entries say.
void MappingRoom::clear(Mapping& mapping, PageRange run) noexcept {
  (void)in_schedule_with_status(
      StepKind::unmap, &mapping, SourceLocation::current(),
      [this, mapping = &mapping, run] { return addresses_.clear(*mapping, run); });
}

}  // namespace daxlab
