#include "core/dax/page_locks.h"

#include <algorithm>
#include <bit>
#include <cassert>

namespace daxlab {

uint64_t HeldPages::lock(PageRange range) {
  if (all_) return 0;
  assert(range.pages == 0 || range.pgoff / max_fault_pages == (range.end() - 1) / max_fault_pages);
  uint64_t waits = 0;
  for (uint64_t pgoff = range.pgoff; pgoff < range.end(); ++pgoff) {
    assert(!held(pgoff % PageLocks::stripes));
    if (locks_.of(pgoff).lock()) ++waits;
    note(pgoff % PageLocks::stripes);
  }
  return waits;
}

uint64_t HeldPages::try_lock(PageRange range) {
  if (all_) return range.pages;
  // Who holds as many as there are holds those of all pages.
  const uint64_t end = range.pgoff + std::min(range.pages, PageLocks::stripes);
  for (uint64_t pgoff = range.pgoff; pgoff < end; ++pgoff) {
    uint64_t stripe = pgoff % PageLocks::stripes;
    if (held(stripe)) continue;
    if (!locks_.of(pgoff).try_lock()) return pgoff - range.pgoff;
    note(stripe);
  }
  return range.pages;
}

void HeldPages::release() {
  for (uint64_t word = 0; word < bits_.size(); ++word) {
    while (bits_[word] != 0) {
      uint64_t stripe = word * 64 + static_cast<uint64_t>(std::countr_zero(bits_[word]));
      bits_[word] &= bits_[word] - 1;
      locks_.of(stripe).unlock();
    }
  }
}

}  // namespace daxlab
