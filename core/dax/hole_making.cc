#include "core/dax/hole_making.h"

#include <algorithm>

#include "core/dax/fault_operations.h"
#include "core/dax/page_table.h"
#include "core/dax/unpublished.h"
#include "core/dax/zero_tail.h"

namespace daxlab {
namespace {

// Whole pages that become a hole.
struct HolePages {
  PageRange all;
  // Those of them that mappings and the page cache may hold. Past the end there is nothing in
  // either, though a mapping may go on for long, and blocks may be there.
  PageRange shown;

  // While the file has its old size.
  HolePages(const SharedFile& file, PageRange range) : all(range), shown{range.pgoff, 0} {
    const uint64_t end = std::min(range.end(), file.pages());
    if (end > range.pgoff) shown.pages = end - range.pgoff;
  }
};

// All that can fail, before anything changes: memory for what is removed, and the pages out of
// every mapping. Under invalidate_lock exclusive.
Status prepare_hole(DaxParts& parts, SharedFile& file, const HolePages& hole,
                    Unpublished& unpublished) {
  if (hole.all.pages == 0) return {};
  if (Status status = file.map.make_room_to_clear(hole.all, unpublished.extents); !status.ok()) {
    return status;
  }
  return unmap_range_exclusively(parts, file, hole.shown);
}

// After prepare_hole, under the same lock.
void make_hole(DaxParts& parts, SharedFile& file, const HolePages& hole, Unpublished& unpublished,
               Persist::Where where = Persist::Where::current()) {
  if (hole.all.pages == 0) return;
  remove_cached(parts, file, hole.shown);
  file.map.clear(hole.all, unpublished.extents, where);
  unpublished.ticket = file.pins.ticket();
  HeldPages held(file.page_locks, HeldPages::Scope::all);
  FaultOperations ops(parts, file, nullptr, held, FaultContext::call);
  InPlugin in_plugin(parts.calls, PluginCallback::fault_after_punch);
  parts.fault.after_punch(hole.all, ops);
}

// Zeros within one page, in place.
void zero_in_page(DaxParts& parts, SharedFile& file, ByteRange range,
                  Persist::Where where = Persist::Where::current()) {
  uint64_t block = file.map.find(range.offset_bytes / page_bytes);
  if (block == 0 || range.length_bytes == 0) return;
  parts.region.persist().zero(parts.region.address_of(block) + range.offset_bytes % page_bytes,
                              range.length_bytes, where);
  parts.region.persist().fence(where);
}

uint64_t page_end(uint64_t offset_bytes) {
  return (offset_bytes + page_bytes - 1) / page_bytes * page_bytes;
}

// Shrinking: the size goes first, so that a crash in between leaves blocks past the end, which
// recovery can tell. The tail of the last page is zeroed now and again at regrowing: stores may
// reach it meanwhile.
Status shrink(DaxParts& parts, SharedFile& file, uint64_t size_bytes, Unpublished& unpublished) {
  uint64_t first = page_end(size_bytes) / page_bytes;
  const HolePages cut(file, {first, max_file_pages - first});
  if (Status status = prepare_hole(parts, file, cut, unpublished); !status.ok()) return status;
  file.set_size(size_bytes);
  file.count_cut();
  make_hole(parts, file, cut, unpublished);
  zero_tail(parts, file, size_bytes, page_end(size_bytes));  // not for crashes: for mappings
  return {};
}

// Zeroing a part of a bad block would not make it readable: nothing changes then.
bool is_in_bad_block(DaxParts& parts, SharedFile& file, uint64_t offset_bytes) {
  return offset_bytes % page_bytes != 0 && !parts.region.bad_blocks().empty() &&
         parts.region.is_poisoned(file.map.find(offset_bytes / page_bytes));
}

Status punch_pages(DaxParts& parts, SharedFile& file, ByteRange range, Unpublished& unpublished) {
  if (is_in_bad_block(parts, file, range.offset_bytes) ||
      is_in_bad_block(parts, file, range.end())) {
    return ErrorCode::io_error;
  }
  uint64_t first_whole = page_end(range.offset_bytes);
  uint64_t end_whole = range.end() / page_bytes * page_bytes;
  if (first_whole > end_whole) {
    zero_in_page(parts, file, range);  // inside one page
    return {};
  }
  const HolePages whole(file, {first_whole / page_bytes, (end_whole - first_whole) / page_bytes});
  if (Status status = prepare_hole(parts, file, whole, unpublished); !status.ok()) return status;
  zero_in_page(parts, file, {range.offset_bytes, first_whole - range.offset_bytes});
  zero_in_page(parts, file, {end_whole, range.end() - end_whole});
  make_hole(parts, file, whole, unpublished);
  return {};
}

}  // namespace

Status truncate_file(DaxParts& parts, SharedFile& file, uint64_t size_bytes) {
  Unpublished unpublished;
  Status status;
  // A write that moves the end may have copied to blocks that would go here, and then cover them by
  // its size.
  file.extend_lock.lock();
  file.invalidate_lock.lock();
  uint64_t old_bytes = file.size_bytes();
  if (size_bytes != old_bytes && is_in_bad_block(parts, file, std::min(size_bytes, old_bytes))) {
    status = ErrorCode::io_error;
  } else if (size_bytes > old_bytes) {
    zero_tail(parts, file, old_bytes, size_bytes);
    file.set_size(size_bytes);
  } else if (size_bytes < old_bytes) {
    status = shrink(parts, file, size_bytes, unpublished);
  }
  file.invalidate_lock.unlock();
  file.extend_lock.unlock();
  give_back(parts, file, unpublished);
  return status;
}

Status punch_file(DaxParts& parts, SharedFile& file, ByteRange range) {
  Unpublished unpublished;
  file.invalidate_lock.lock();
  Status status = punch_pages(parts, file, range, unpublished);
  file.invalidate_lock.unlock();
  give_back(parts, file, unpublished);
  return status;
}

}  // namespace daxlab
