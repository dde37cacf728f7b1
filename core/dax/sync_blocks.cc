#include "core/dax/sync_blocks.h"

#include <algorithm>
#include <bit>

#include "core/dax/page_table.h"
#include "core/sync/locked.h"

namespace daxlab {
namespace {

// Pages whose marks are taken under one round of locks: a bit for each in a word, all in one run of
// max_fault_pages.
constexpr uint64_t group_pages = 64;

uint64_t marked_blocks(const DirtyBlocks& dirty, uint64_t first_block, uint64_t blocks) {
  uint64_t marked = 0;
  for (uint64_t i = 0; i < blocks; ++i) {
    if (dirty.test(first_block + i)) marked |= uint64_t{1} << i;
  }
  return marked;
}

// Those that any mapping could store to without a fault.
uint64_t writable_pages(SharedFile& file, PageRange pages) {
  uint64_t writable = 0;
  file.for_each_mapping(pages, [&](Mapping& mapping, PageRange part) {
    for (uint64_t pgoff = part.pgoff; pgoff < part.end(); ++pgoff) {
      if (mapping.entry(pgoff).state != PageState::block_rw) continue;
      writable |= uint64_t{1} << (pgoff - pages.pgoff);
    }
  });
  return writable;
}

// The blocks of these pages that need a flush; their marks go unless more stores can come. Under
// the page locks: a fault that maps a page writable in between would have its mark cleared. Without
// a mark at the first look no store came before this sync.
uint64_t take_marks(DaxParts& parts, SharedFile& file, PageRange pages, uint64_t first_block) {
  if (marked_blocks(parts.dirty, first_block, pages.pages) == 0) return 0;
  HeldPages held(file.page_locks);
  held.lock(pages);
  uint64_t marked = marked_blocks(parts.dirty, first_block, pages.pages);
  uint64_t cleared = marked & ~writable_pages(file, pages);
  for (; cleared != 0; cleared &= cleared - 1) {
    parts.dirty.clear({first_block + static_cast<uint64_t>(std::countr_zero(cleared)), 1});
  }
  return marked;
}

// Gathers neighbours and flushes them in one go, after the marks of all were taken: a locked
// instruction waits for the flushes before it, so marks taken between flushes would make them wait
// for each other.
class Flushes {
 public:
  explicit Flushes(Region& region) : region_(region) {}
  void add(uint64_t block) {
    if (run_.end() != block) flush();
    if (run_.blocks == 0) run_.block = block;
    ++run_.blocks;
    any_ = true;
  }
  // Returns whether there ever was anything to flush.
  bool flush() {
    if (run_.blocks > 0) {
      region_.persist().flush(region_.address_of(run_.block), run_.blocks * block_bytes);
    }
    run_ = {};
    return any_;
  }

 private:
  Region& region_;
  Extent run_;
  bool any_ = false;
};

void flush_marked(DaxParts& parts, SharedFile& file, PageRange pages, uint64_t block,
                  Flushes& flushes) {
  while (pages.pages > 0) {
    uint64_t to_end_of_group = group_pages - pages.pgoff % group_pages;
    PageRange group{pages.pgoff, std::min(pages.pages, to_end_of_group)};
    uint64_t marked = take_marks(parts, file, group, block);
    for (; marked != 0; marked &= marked - 1) {
      flushes.add(block + static_cast<uint64_t>(std::countr_zero(marked)));
    }
    pages = {group.end(), pages.pages - group.pages};
    block += group.pages;
  }
}

}  // namespace

void sync_blocks(DaxParts& parts, SharedFile& file, PageRange range) {
  const Locked one_at_a_time(file.sync_lock);
  file.invalidate_lock.lock_shared();
  Flushes flushes(parts.region);
  uint64_t end = std::min(range.end(), file.pages());
  for (uint64_t pgoff = range.pgoff; pgoff < end;) {
    Extent extent = file.map.find_extent({pgoff, end - pgoff});
    if (extent.blocks == 0) break;  // past the largest file
    if (!extent.is_hole()) {
      flush_marked(parts, file, {pgoff, extent.blocks}, extent.block, flushes);
    }
    pgoff += extent.blocks;
  }
  bool flushed = flushes.flush();
  file.invalidate_lock.unlock_shared();
  if (flushed) parts.region.persist().fence();
}

}  // namespace daxlab
