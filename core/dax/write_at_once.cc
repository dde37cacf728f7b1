// How a write's copies replace the file's blocks, all of them or, after a crash, none.
//
// Under invalidate_lock exclusive. A write may touch 513 pages in two aligned runs, more than a
// thread may wait for page locks of (page_locks.h); and the exclusive lock is worth all of them:
// faults, other publishing, truncate, punch and new mappings are out, so what was unmapped stays
// unmapped until the new blocks are in the map.
#include <algorithm>

#include "core/base/no_memory.h"
#include "core/base/part_clock.h"
#include "core/dax/fault_operations.h"
#include "core/dax/page_locks.h"
#include "core/dax/page_table.h"
#include "core/dax/write_operations.h"
#include "core/dax/zero_tail.h"

namespace daxlab {

Status WriteOperations::publish_at_once(ByteRange range) noexcept {
  const InPart in_part(TimePart::publish);
  if (!inside(range)) return ErrorCode::bad_plugin;
  if (range.length_bytes > max_atomic_write_bytes) return ErrorCode::too_big;
  PageRange pages = pages_of(range);
  if (Status status = check_copies(pages); !status.ok()) return status;
  if (Status status = lock_to_publish_at_once(pages); !status.ok()) return status;
  Status status = publish_copies(range);
  file_.invalidate_lock.unlock();
  return status;
}

Status WriteOperations::check_copies(PageRange pages) noexcept {
  for (uint64_t pgoff = pages.pgoff; pgoff < pages.end(); ++pgoff) {
    const Stage& copy = stage(pgoff);
    if (copy.copy && copy.prepared && !copy.published) continue;
    parts_.failures.report(PluginCallback::write_write,
                           "publishes file page %llu at once, of which it has no new copy", pgoff);
    return ErrorCode::bad_plugin;
  }
  return {};
}

// As lock_to_publish, exclusive.
Status WriteOperations::lock_to_publish_at_once(PageRange pages) {
  for (;;) {
    file_.invalidate_lock.lock();
    if (parts_.addresses.room() == 0) (void)parts_.room.make(file_);
    uint64_t needed = file_.map.missing_nodes(pages);
    if (nodes_.blocks.size() >= needed) return {};
    file_.invalidate_lock.unlock();
    if (!take_nodes(needed)) {
      return out_of_memory_ ? ErrorCode::no_memory : ErrorCode::no_space;
    }
  }
}

Status WriteOperations::publish_copies(ByteRange range) {
  uint64_t size_bytes = file_.size_bytes();
  if (!may_grow_ && range.end() > size_bytes) {  // see still_inside
    if (range.offset_bytes >= size_bytes) return {};
    range.length_bytes = size_bytes - range.offset_bytes;
  }
  if (would_take_over_bad(range)) return ErrorCode::io_error;
  take_down(pages_of(range));
  if (parts_.failures.failed()) return ErrorCode::bad_plugin;  // a mapping may show old blocks
  take_over_around(range);
  return commit_copies(range);
}

// No mapping may store to a block from here on, or its stores would go to a block that is being
// replaced. And none may show it: taken out whole rather than made read-only, it cannot go on
// showing the old block when the new one is there.
void WriteOperations::take_down(PageRange pages) {
  auto is_hole = [this](uint64_t pgoff) { return file_.map.find(pgoff) == 0; };
  uint64_t pgoff = pages.pgoff;
  while (pgoff < pages.end()) {
    bool hole = is_hole(pgoff);
    uint64_t limit = std::min(pages.end(), (pgoff / max_fault_pages + 1) * max_fault_pages);
    uint64_t end = pgoff + 1;
    while (end < limit && is_hole(end) == hole) ++end;
    PageRange run{pgoff, end - pgoff};
    if (hole) {
      HeldPages held(file_.page_locks, HeldPages::Scope::all);
      FaultOperations ops(parts_, file_, nullptr, held, FaultContext::call);
      InPlugin in_plugin(parts_.calls, PluginCallback::fault_before_fill);
      const InPart of_strategy(TimePart::strategy);
      parts_.fault.before_fill(run, ops);
    } else {
      (void)unmap_range_exclusively(parts_, file_, run);  // asked by publish_copies
    }
    pgoff = end;
  }
}

// What the write does not cover of its first and last page, as it is now: stores through mappings
// and other writes since the blocks were reserved are in it.
void WriteOperations::take_over_around(ByteRange range) {
  PageRange pages = pages_of(range);
  uint64_t start = pages.pgoff * page_bytes;
  take_over({start, range.offset_bytes - start});
  take_over({range.end(), pages.end() * page_bytes - range.end()});
}

// A block that is replaced as a whole may be bad: then the write moves the file off it.
bool WriteOperations::would_take_over_bad(ByteRange range) {
  if (parts_.region.bad_blocks().empty()) return false;
  const PageRange pages = pages_of(range);
  const uint64_t size_bytes = file_.size_bytes();
  const bool before = range.offset_bytes % page_bytes != 0;
  const bool after = range.end() % page_bytes != 0 && range.end() < size_bytes;
  return (before && parts_.region.is_poisoned(file_.map.find(pages.pgoff))) ||
         (after && parts_.region.is_poisoned(file_.map.find(pages.end() - 1)));
}

// Part of one page; zeros past the end of the file.
void WriteOperations::take_over(ByteRange rest) {
  if (rest.length_bytes == 0) return;
  const InPart in_part(TimePart::copy);
  uint64_t pgoff = rest.offset_bytes / page_bytes;
  uint64_t in_page = rest.offset_bytes % page_bytes;
  uint64_t replaced = file_.map.find(pgoff);
  uint64_t end = std::clamp(file_.size_bytes(), rest.offset_bytes, rest.end());
  uint64_t kept = replaced == 0 ? 0 : end - rest.offset_bytes;
  std::byte* to = parts_.region.address_of(stage(pgoff).block) + in_page;
  Persist& persist = parts_.region.persist();
  if (kept > 0) persist.copy(to, parts_.region.address_of(replaced) + in_page, kept);
  if (kept < rest.length_bytes) persist.zero(to + kept, rest.length_bytes - kept);
}

// Data, new nodes and a zeroed tail are flushed; the log's first fence makes them durable before
// its record counts.
Status WriteOperations::commit_copies(ByteRange range) {
  PageRange pages = pages_of(range);
  std::vector<WordChange> changes;
  std::vector<Extent> replaced;
  Status memory = or_no_memory([&] {
    changes.reserve(pages.pages + 1);
    replaced.reserve(pages.pages);
    replaced_.extents.reserve(replaced_.extents.size() + pages.pages);
  });
  if (!memory.ok()) return memory;
  for (uint64_t pgoff = pages.pgoff; pgoff < pages.end(); ++pgoff) {
    Result<uint64_t*> entry = file_.map.entry_for(pgoff, nodes_);
    if (!entry.ok()) return entry.status();
    changes.push_back({entry.value(), BlockMap::entry_word(stage(pgoff).block)});
    uint64_t block = file_.map.find(pgoff);
    if (block == 0) continue;
    if (!replaced.empty() && replaced.back().end() == block) {
      ++replaced.back().blocks;
    } else {
      replaced.push_back({block, 1});
    }
  }
  uint64_t size_bytes = file_.size_bytes();
  if (range.end() > size_bytes) {
    // In one page with the write's start it was taken care of: zeros are taken over.
    if (size_bytes / page_bytes < pages.pgoff) {
      start_zeroing_tail(parts_, file_, size_bytes, range.offset_bytes);
    }
    changes.push_back(file_.size_change(range.end()));
  }
  if (Status status = parts_.log.commit(changes); !status.ok()) return status;
  if (range.end() > size_bytes) file_.show_size(range.end());
  for (uint64_t pgoff = pages.pgoff; pgoff < pages.end(); ++pgoff) stage(pgoff).published = true;
  replaced_.extents.insert(replaced_.extents.end(), replaced.begin(), replaced.end());
  replaced_.ticket = file_.pins.ticket();
  return {};
}

}  // namespace daxlab
