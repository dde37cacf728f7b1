// How a write's blocks become part of the file.
#include <algorithm>

#include "core/base/part_clock.h"
#include "core/dax/fault_operations.h"
#include "core/dax/page_locks.h"
#include "core/dax/write_operations.h"
#include "core/dax/zero_tail.h"

namespace daxlab {

Status WriteOperations::publish(ByteRange range) noexcept {
  const InPart in_part(TimePart::publish);
  if (!inside(range)) return ErrorCode::bad_plugin;
  PageRange pages = pages_of(range);
  for (uint64_t pgoff = pages.pgoff; pgoff < pages.end(); ++pgoff) {
    if (stage(pgoff).block == 0 || (stage(pgoff).fresh && !stage(pgoff).prepared)) {
      parts_.failures.report(PluginCallback::write_write,
                             "publishes file page %llu before copying to it", pgoff);
      return ErrorCode::bad_plugin;
    }
    if (stage(pgoff).copy) {
      parts_.failures.report(PluginCallback::write_write,
                             "publishes a copy of file page %llu, but not at once", pgoff);
      return ErrorCode::bad_plugin;
    }
  }
  if (Status status = lock_to_publish(pages); !status.ok()) return status;
  pages = still_inside(pages);
  Status status;
  uint64_t pgoff = pages.pgoff;
  while (pgoff < pages.end() && status.ok()) {
    uint64_t end = std::min(pages.end(), (pgoff / max_fault_pages + 1) * max_fault_pages);
    status = publish_batch({pgoff, end - pgoff}, range);
    pgoff = end;
  }
  if (status.ok() && may_grow_) grow_to(range);
  file_.invalidate_lock.unlock_shared();
  return status;
}

// A write inside the file that was truncated meanwhile came before that: what was cut stays cut, or
// its pages would be found again when the file grows. Under invalidate_lock.
PageRange WriteOperations::still_inside(PageRange pages) const {
  if (may_grow_) return pages;
  uint64_t end = std::clamp(file_.pages(), pages.pgoff, pages.end());
  return {pages.pgoff, end - pages.pgoff};
}

// From the first to the last page that publishing would enter into the map.
PageRange WriteOperations::unpublished(PageRange pages) {
  auto to_enter = [this](uint64_t pgoff) { return stage(pgoff).fresh && !stage(pgoff).published; };
  uint64_t first = pages.pgoff;
  uint64_t end = pages.end();
  while (first < end && !to_enter(first)) ++first;
  while (end > first && !to_enter(end - 1)) --end;
  return {first, end - first};
}

// Returns with invalidate_lock shared, to be kept throughout, so that no truncate comes between the
// entries and the size; and with nodes enough, for a punch since reserve() may have taken some out
// of the map.
Status WriteOperations::lock_to_publish(PageRange pages) {
  PageRange entered = unpublished(pages);
  for (;;) {
    file_.invalidate_lock.lock_shared();
    // Zero pages that are taken down for the write may cut kernel mappings in three.
    if (parts_.addresses.room() == 0) (void)parts_.room.make(file_);
    uint64_t needed = file_.map.missing_nodes(entered);
    if (nodes_.blocks.size() >= needed) return {};
    file_.invalidate_lock.unlock_shared();
    if (!take_nodes(needed)) {
      return out_of_memory_ ? ErrorCode::no_memory : ErrorCode::no_space;
    }
  }
}

// Under the page locks: a fault may have put a block where reserve() saw a hole. Then its block
// stays and gets our bytes; otherwise ours is published after the strategy took down what lies over
// the hole.
Status WriteOperations::publish_batch(PageRange batch, ByteRange range) {
  HeldPages held(file_.page_locks);
  held.lock(batch);
  uint64_t run = 0;
  for (uint64_t pgoff = batch.pgoff; pgoff <= batch.end(); ++pgoff) {
    bool ours = false;
    if (pgoff < batch.end() && stage(pgoff).fresh && !stage(pgoff).published) {
      uint64_t present = file_.map.find(pgoff);
      ours = present == 0;
      if (!ours) merge_into(present, stage(pgoff), part_of(range, pgoff));
    }
    bool continues = ours && (run == 0 || stage(pgoff).block == stage(pgoff - 1).block + 1);
    if (run > 0 && !continues) {
      PageRange pages{pgoff - run, run};
      {
        FaultOperations ops(parts_, file_, nullptr, held, FaultContext::call);
        InPlugin in_plugin(parts_.calls, PluginCallback::fault_before_fill);
        const InPart of_strategy(TimePart::strategy);
        parts_.fault.before_fill(pages, ops);
      }
      if (parts_.failures.failed()) return ErrorCode::bad_plugin;  // a mapping may show zeros still
      if (Status status = publish_run(pages); !status.ok()) return status;
      run = 0;
    }
    if (ours) ++run;
  }
  return {};
}

void WriteOperations::merge_into(uint64_t block, Stage& stage, Part part) {
  if (from_.empty()) return;  // preallocate: what is there stays
  const InPart in_part(TimePart::copy);
  std::byte* to = parts_.region.address_of(block) + part.start_bytes;
  parts_.region.persist().copy(to, parts_.region.address_of(stage.block) + part.start_bytes,
                               part.length_bytes);
  parts_.region.persist().fence();
}

Status WriteOperations::publish_run(PageRange run) {
  uint64_t published = 0;
  file_.map_lock.lock();
  Status status =
      file_.map.publish(run.pgoff, {stage(run.pgoff).block, run.pages}, nodes_, &published);
  file_.map_lock.unlock();
  for (uint64_t i = 0; i < published; ++i) stage(run.pgoff + i).published = true;
  return status;
}

// The size covers bytes that are durable and in the map by now. What stands behind the old end is
// the file's past: a write that starts there covers it up to its own end, which is the new one;
// preallocate covers nothing.
void WriteOperations::grow_to(ByteRange range) {
  file_.map_lock.lock();
  uint64_t size = file_.size_bytes();
  if (range.end() > size) {
    uint64_t covered_from = from_.empty() ? range.end() : range.offset_bytes;
    zero_tail(parts_, file_, size, covered_from);
    file_.set_size(range.end());
  }
  file_.map_lock.unlock();
}

}  // namespace daxlab
