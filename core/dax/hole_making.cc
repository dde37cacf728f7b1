#include "core/dax/hole_making.h"

#include "core/dax/fault_operations.h"
#include "core/dax/page_table.h"
#include "core/dax/unpublished.h"
#include "core/dax/zero_tail.h"

namespace daxlab {
namespace {

// Under invalidate_lock exclusive. Whole pages.
void make_hole(DaxParts& parts, SharedFile& file, PageRange range, Unpublished& unpublished,
               Persist::Where where = Persist::Where::current()) {
  if (range.pages == 0) return;
  unmap_range(parts, file, range);
  remove_cached(parts, file, range);
  file.map.clear(range, unpublished.extents, where);
  unpublished.ticket = file.pins.ticket();
  HeldPages held(file.page_locks, HeldPages::Scope::all);
  FaultOperations ops(parts, file, nullptr, held, FaultContext::call);
  InPlugin in_plugin(parts.calls, PluginCallback::fault_after_punch);
  parts.fault.after_punch(range, ops);
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

}  // namespace

// Shrinking: the size goes first, so that a crash in between leaves blocks past the end, which
// recovery can tell. The tail of the last page is zeroed now and again at regrowing: stores may
// reach it meanwhile.
void truncate_file(DaxParts& parts, SharedFile& file, uint64_t size_bytes) {
  Unpublished unpublished;
  // A write that moves the end may have copied to blocks that would go here, and then cover them by
  // its size.
  file.extend_lock.lock();
  file.invalidate_lock.lock();
  uint64_t old_bytes = file.size_bytes();
  if (size_bytes > old_bytes) {
    zero_tail(parts, file, old_bytes, size_bytes);
    file.set_size(size_bytes);
  } else if (size_bytes < old_bytes) {
    file.set_size(size_bytes);
    uint64_t first = page_end(size_bytes) / page_bytes;
    make_hole(parts, file, {first, max_file_pages - first}, unpublished);
    zero_tail(parts, file, size_bytes, page_end(size_bytes));  // not for crashes: for mappings
  }
  file.invalidate_lock.unlock();
  file.extend_lock.unlock();
  give_back(parts, file, unpublished);
}

void punch_file(DaxParts& parts, SharedFile& file, ByteRange range) {
  uint64_t first_whole = page_end(range.offset_bytes);
  uint64_t end_whole = range.end() / page_bytes * page_bytes;
  Unpublished unpublished;
  file.invalidate_lock.lock();
  if (first_whole > end_whole) {
    zero_in_page(parts, file, range);  // inside one page
  } else {
    zero_in_page(parts, file, {range.offset_bytes, first_whole - range.offset_bytes});
    zero_in_page(parts, file, {end_whole, range.end() - end_whole});
    make_hole(parts, file, {first_whole / page_bytes, (end_whole - first_whole) / page_bytes},
              unpublished);
  }
  file.invalidate_lock.unlock();
  give_back(parts, file, unpublished);
}

}  // namespace daxlab
