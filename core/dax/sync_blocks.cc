#include "core/dax/sync_blocks.h"

#include <mutex>

#include "core/dax/page_table.h"

namespace daxlab {
namespace {

// Whether the block needs a flush. Under the page lock: a fault that maps the page writable in
// between would have its mark cleared.
bool take_mark(DaxParts& parts, SharedFile& file, uint64_t pgoff, uint64_t block) {
  HeldPages held(file.page_locks);
  held.lock({pgoff, 1});
  if (!parts.dirty.test(block)) return false;
  if (!mapped_writable(file, pgoff)) parts.dirty.clear({block, 1});
  return true;
}

}  // namespace

void sync_blocks(DaxParts& parts, SharedFile& file, PageRange range) {
  Persist& persist = parts.region.persist();
  bool flushed = false;
  std::lock_guard one_at_a_time(file.sync_lock);
  file.invalidate_lock.lock_shared();
  uint64_t pgoff = file.map.next_block(range);
  while (pgoff < range.end()) {
    uint64_t block = file.map.find(pgoff);
    if (take_mark(parts, file, pgoff, block)) {
      persist.flush(parts.region.address_of(block), block_bytes);
      flushed = true;
    }
    pgoff = file.map.next_block({pgoff + 1, range.end() - pgoff - 1});
  }
  file.invalidate_lock.unlock_shared();
  if (flushed) persist.fence();
}

}  // namespace daxlab
