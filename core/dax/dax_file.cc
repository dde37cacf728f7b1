#include "core/dax/dax_file.h"

#include <algorithm>
#include <optional>

#include "core/base/no_memory.h"
#include "core/base/user_copy.h"
#include "core/base/user_memory.h"
#include "core/dax/dax_view.h"
#include "core/dax/file_extents.h"
#include "core/dax/hole_making.h"
#include "core/dax/kept_bytes.h"
#include "core/dax/sync_blocks.h"
#include "core/dax/timed_call.h"
#include "core/dax/traced_call.h"
#include "core/dax/write_operations.h"
#include "core/sync/locked.h"
#include "core/sync/schedule.h"

namespace daxlab {
namespace {

constexpr uint64_t max_file_bytes = max_file_pages * page_bytes;

bool representable(uint64_t offset_bytes, uint64_t length_bytes) {
  return offset_bytes <= max_file_bytes && length_bytes <= max_file_bytes - offset_bytes;
}

// Copies what an extent holds of the file bytes [offset, offset + into.size()), as far as the
// buffer can be written.
uint64_t copy_from(Region& region, Extent extent, uint64_t start_bytes, std::span<std::byte> into) {
  if (extent.is_hole()) return zero_user(into.data(), into.size());
  return copy_to_user(into.data(), region.address_of(extent.block) + start_bytes, into.size());
}

TraceEvent event_of(TraceKind kind, ByteRange asked, const Result<uint64_t>& bytes) {
  return {.kind = kind,
          .result = static_cast<uint32_t>(bytes.code()),
          .offset_bytes = asked.offset_bytes,
          .length_bytes = asked.length_bytes,
          .answer = bytes.ok() ? bytes.value() : 0};
}

}  // namespace

Result<uint64_t> DaxFile::read(uint64_t offset_bytes, std::span<std::byte> into) {
  TimedCall timed(parts_.counters, TimedCallKind::read);
  const Result<uint64_t> bytes = read_timed(offset_bytes, into);
  timed.tell(event_of(TraceKind::read, {offset_bytes, into.size()}, bytes));
  return bytes;
}

// A look at the map is the moment at which each run of the read happens; the pin keeps the blocks
// while they are copied without a lock (the buffer may fault, and a fault takes the locks).
//
// What may happen to a block between the look and the copy: A write or punch changes words of it;
// who copies the new ones came after. Punched or cut off as a whole, or replaced at once, it stays
// as it was under the pin; who copies it came before. But a cut within its page zeroes bytes that
// are no zeros of the file at any time: first they have their values, then they are past the end,
// and an append may bring them back with other values (so the size alone would not tell). A run
// beside a cut therefore is done again. The cut is over by then, for looking waits for its lock;
// whoever does it twice was beside two cuts. Linux's file systems shut truncate out for a whole DAX
// read (i_rwsem); here a fault of the buffer would wait for the truncate that waits for the read.
Result<uint64_t> DaxFile::read_timed(uint64_t offset_bytes, std::span<std::byte> into) {
  Pinned pinned(file_->pins);
  uint64_t done = 0;
  while (done < into.size()) {
    const InPart in_look_up(TimePart::look_up);
    uint64_t offset = offset_bytes + done;
    file_->invalidate_lock.lock_shared();
    const uint64_t cuts = file_->cuts();
    uint64_t size = file_->size_bytes();
    uint64_t length = offset < size ? std::min(into.size() - done, size - offset) : 0;
    uint64_t start = offset % page_bytes;
    Extent extent;
    if (length > 0) {
      extent = file_->map.find_extent(
          {offset / page_bytes, (start + length + page_bytes - 1) / page_bytes});
    }
    file_->invalidate_lock.unlock_shared();
    if (length == 0) break;
    length = std::min(length, extent.blocks * page_bytes - start);
    if (!extent.is_hole() && parts_.region.bad_blocks().has_any(
                                 {extent.block, (start + length + page_bytes - 1) / page_bytes})) {
      return ErrorCode::io_error;
    }
    tell_schedule(StepKind::load, &parts_.region);
    const InPart in_copy(TimePart::copy);
    const uint64_t copied = copy_from(parts_.region, extent, start, into.subspan(done, length));
    tell_schedule(StepKind::load, file_.get());
    if (file_->cuts() != cuts) continue;
    done += copied;
    if (copied < length) return done > 0 ? Result(done) : bad_buffer();
  }
  return done;
}

// A buffer may be a mapping whose faults a strategy has answered wrongly.
ErrorCode DaxFile::bad_buffer() const {
  return parts_.failures.failed() ? ErrorCode::bad_plugin : ErrorCode::bad_address;
}

Result<uint64_t> DaxFile::write(uint64_t offset_bytes, std::span<const std::byte> from) {
  TimedCall timed(parts_.counters, TimedCallKind::write);
  const Result<uint64_t> bytes = write_timed(offset_bytes, from);
  timed.tell(event_of(TraceKind::write, {offset_bytes, from.size()}, bytes));
  return bytes;
}

Result<uint64_t> DaxFile::write_timed(uint64_t offset_bytes, std::span<const std::byte> from) {
  if (!representable(offset_bytes, from.size())) return ErrorCode::too_big;
  if (from.size() > parts_.max_write_bytes) return ErrorCode::too_big;
  if (from.empty()) return uint64_t{0};
  const uint64_t readable_bytes = readable_user_bytes(from.data(), from.size());
  if (readable_bytes == 0) return bad_buffer();
  const uint64_t cuts = file_->cuts();
  bool extends = offset_bytes + from.size() > file_->size_bytes();
  Result<uint64_t> written = ErrorCode::bad_plugin;
  {
    // Writes past the end go one by one: each zeroes the gap before it, which would hit another
    // one's bytes.
    const Locked extending(file_->extend_lock, extends);
    written = write_from({offset_bytes, from.size()}, from.first(readable_bytes), extends);
  }
  // What was inside and has been cut meanwhile may have stored behind the new end, over what an
  // append has put there and not yet shown. So it comes after that append, and must not answer
  // before: else others would see the end, and then our bytes behind it.
  const Locked append_is_shown(file_->extend_lock, !extends && file_->cuts() != cuts);
  if (written.code() == ErrorCode::no_space) parts_.counters.add(Counter::enospc);
  if (written.ok() && written.value() < from.size()) parts_.counters.add(Counter::short_writes);
  return written;
}

// How far the buffer can be read was looked at before anything was changed; who takes it away after
// that is met by the copy. Then what is left of it is made ours and written.
Result<uint64_t> DaxFile::write_from(ByteRange range, std::span<const std::byte> from,
                                     bool may_grow) {
  const Written first = ask_strategy(range, from, may_grow);
  if (!first.lost_the_buffer || first.bytes.code() != ErrorCode::bad_address) return first.bytes;
  KeptBytes kept;
  if (Status status = kept.take(from); !status.ok()) return status;
  if (kept.bytes().empty()) return bad_buffer();
  return ask_strategy(range, kept.bytes(), may_grow).bytes;
}

DaxFile::Written DaxFile::ask_strategy(ByteRange range, std::span<const std::byte> from,
                                       bool may_grow) {
  std::optional<WriteOperations> ops;
  Status memory = or_no_memory([&] { ops.emplace(parts_, *file_, range, from, may_grow); });
  if (!memory.ok()) return {memory};
  Result<uint64_t> written = ErrorCode::bad_plugin;
  {
    InPlugin in_plugin(parts_.calls, PluginCallback::write_write);
    written = parts_.write.write(range, *ops);
  }
  if (written.ok() && written.value() > range.length_bytes) {
    parts_.failures.report(PluginCallback::write_write,
                           "returned %llu bytes written of a write of %llu", written.value(),
                           range.length_bytes);
  }
  if (written.code() == ErrorCode::no_space) {
    if (ops->out_of_memory()) return {ErrorCode::no_memory};
    if (ops->met_bad_block()) return {ErrorCode::io_error};
    if (ops->met_bad_address()) written = ErrorCode::bad_address;
  }
  if (parts_.failures.failed()) return {ErrorCode::bad_plugin};
  return {written, ops->lost_the_buffer()};
}

// Calls are in a trace also if they are refused.
Status DaxFile::truncate(uint64_t size_bytes) {
  return traced(parts_.counters, TraceKind::truncate, {size_bytes, 0}, [&]() -> Status {
    if (size_bytes > max_file_bytes) return ErrorCode::too_big;
    return truncate_file(parts_, *file_, size_bytes);
  });
}

Status DaxFile::punch(ByteRange range) {
  return traced(parts_.counters, TraceKind::punch, range, [&]() -> Status {
    if (range.length_bytes == 0) return ErrorCode::invalid_argument;
    if (!representable(range.offset_bytes, range.length_bytes)) return ErrorCode::too_big;
    return punch_file(parts_, *file_, range);
  });
}

Status DaxFile::preallocate(ByteRange range) {
  return traced(parts_.counters, TraceKind::preallocate, range,
                [&] { return preallocate_untraced(range); });
}

Status DaxFile::preallocate_untraced(ByteRange range) {
  if (range.length_bytes == 0) return ErrorCode::invalid_argument;
  if (!representable(range.offset_bytes, range.length_bytes)) return ErrorCode::too_big;
  // Before anything is kept per page: a whole region would not do.
  if (range.length_bytes / page_bytes > parts_.allocator.total_blocks()) {
    parts_.counters.add(Counter::enospc);
    return ErrorCode::no_space;
  }
  const Locked extending(file_->extend_lock);
  std::optional<WriteOperations> ops;
  Status memory =
      or_no_memory([&] { ops.emplace(parts_, *file_, range, std::span<const std::byte>(), true); });
  if (!memory.ok()) return memory;
  if (ops->reserve(range, Staging::in_place) < range.length_bytes) {
    if (ops->out_of_memory()) return ErrorCode::no_memory;
    if (ops->met_bad_block()) return ErrorCode::io_error;
    parts_.counters.add(Counter::enospc);
    return ErrorCode::no_space;
  }
  if (Status status = ops->copy(range); !status.ok()) return status;
  return ops->publish(range);
}

Status DaxFile::sync() {
  return traced(parts_.counters, TraceKind::sync, {0, size_bytes()}, [&] {
    sync_blocks(parts_, *file_, {0, max_file_pages});
    return Status();
  });
}

Result<std::vector<FileExtent>> DaxFile::extents() {
  return or_no_memory([this]() -> Result<std::vector<FileExtent>> {
    const LockedShared unchanged(file_->invalidate_lock);
    return extents_in(file_->map, {0, max_file_pages});
  });
}

Result<std::unique_ptr<View>> DaxFile::map(PageRange range) {
  return map_aligned(range, range.pgoff % max_fault_pages * page_bytes);
}

Result<std::unique_ptr<View>> DaxFile::map_aligned(PageRange range, uint64_t alignment_bytes) {
  const ByteRange bytes{range.pgoff * page_bytes, range.pages * page_bytes};
  return traced(parts_.counters, TraceKind::map, bytes, [&]() -> Result<std::unique_ptr<View>> {
    if (range.pages == 0 || range.pgoff >= max_file_pages ||
        range.pages > max_file_pages - range.pgoff) {
      return ErrorCode::invalid_argument;
    }
    return DaxView::create(parts_, file_, range, alignment_bytes);
  });
}

void DaxFile::align_blocks(uint64_t pgoff, uint64_t alignment_bytes) {
  file_->set_block_shift(alignment_bytes / block_bytes + max_fault_pages - pgoff % max_fault_pages);
}

}  // namespace daxlab
