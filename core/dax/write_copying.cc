// How a write's bytes get from the caller's buffer to its blocks.
#include <algorithm>

#include "core/base/part_clock.h"
#include "core/base/user_copy.h"
#include "core/dax/write_operations.h"

namespace daxlab {

Status WriteOperations::copy(ByteRange range) noexcept {
  const InPart in_part(TimePart::copy);
  if (!inside(range)) return ErrorCode::bad_plugin;
  PageRange pages = pages_of(range);
  bool only_copies = true;
  bool in_place = false;
  for (uint64_t pgoff = pages.pgoff; pgoff < pages.end(); ++pgoff) {
    // A copy that was published is the file's, and no pin keeps it from being replaced and freed.
    const Stage& next = stage(pgoff);
    if (next.block == 0 || (next.copy && next.published)) {
      parts_.failures.report(PluginCallback::write_write,
                             "copies to file page %llu, which it has not reserved", pgoff);
      return ErrorCode::bad_plugin;
    }
    only_copies = only_copies && next.copy;
    in_place = in_place || !next.fresh;
  }
  if (readable_part(range).length_bytes < range.length_bytes) {
    met_bad_address_ = true;
    return ErrorCode::bad_address;
  }
  if (in_place) {
    if (Status status = keep_from_cuts(); !status.ok()) return status;
  }
  uint64_t pgoff = pages.pgoff;
  while (pgoff < pages.end()) {
    uint64_t run = 1;
    while (pgoff + run < pages.end() && stage(pgoff + run).block == stage(pgoff).block + run) {
      ++run;
    }
    if (Status status = copy_run({pgoff, run}, range); !status.ok()) return status;
    pgoff += run;
  }
  // Copies are published through the log, whose first fence makes them durable.
  if (!only_copies) parts_.region.persist().fence();
  return {};
}

// What is overwritten in place cannot be taken back: so nothing is before the last byte is safe
// from who may cut the buffer's file meanwhile.
Status WriteOperations::keep_from_cuts() {
  if (from_.empty() || !parts_.addresses.shows(from_.data(), from_.size())) return {};
  if (Status status = kept_.take(from_); !status.ok()) return status;
  if (kept_.bytes().size() < from_.size()) return lose_the_buffer();
  from_ = kept_.bytes();
  return {};
}

Status WriteOperations::lose_the_buffer() {
  lost_the_buffer_ = met_bad_address_ = true;
  return ErrorCode::bad_address;
}

Status WriteOperations::copy_run(PageRange run, ByteRange range) {
  for (uint64_t pgoff = run.pgoff; pgoff < run.end(); ++pgoff) {
    prepare(stage(pgoff), part_of(range, pgoff));
  }
  if (from_.empty()) return {};
  uint64_t start = std::max(range.offset_bytes, run.pgoff * page_bytes);
  uint64_t end = std::min(range.end(), run.end() * page_bytes);
  std::byte* to =
      parts_.region.address_of(stage(run.pgoff).block) + (start - run.pgoff * page_bytes);
  const std::byte* from = from_.data() + (start - range_.offset_bytes);
  if (parts_.region.persist().copy_from_user(to, from, end - start) < end - start) {
    return lose_the_buffer();
  }
  for (uint64_t pgoff = run.pgoff; pgoff < run.end(); ++pgoff) stage(pgoff).prepared = true;
  return {};
}

// A fresh block still holds what its last owner left there: what is not zeroed now has to be
// covered before it is published. Around what the write covers of a copy, publishing takes over the
// block that it replaces.
void WriteOperations::prepare(Stage& stage, Part part) {
  if (!stage.fresh || stage.prepared) return;
  uint64_t needed = stage.copy ? part_of(range_, part.pgoff).length_bytes : page_bytes;
  bool covered = part.length_bytes == needed && !from_.empty();
  if (covered) return;
  parts_.region.persist().zero(parts_.region.address_of(stage.block), block_bytes);
  stage.prepared = true;
}

Status WriteOperations::copy_to_page_cache(ByteRange range) noexcept {
  if (!inside(range)) return ErrorCode::bad_plugin;
  if (readable_part(range).length_bytes < range.length_bytes) return ErrorCode::bad_address;
  PageRange pages = pages_of(range);
  for (uint64_t pgoff = pages.pgoff; pgoff < pages.end(); ++pgoff) {
    if (Status status = file_.cache.add(pgoff); !status.ok()) return status;
    Part part = part_of(range, pgoff);
    std::byte* page = file_.cache.address_of(pgoff);
    if (page == nullptr) return ErrorCode::no_memory;
    const uint64_t copied =
        copy_from_user(page + part.start_bytes, source_of(part), part.length_bytes);
    if (copied < part.length_bytes) return lose_the_buffer();
  }
  file_.invalidate_lock.lock_shared();
  grow_to(range);
  file_.invalidate_lock.unlock_shared();
  return {};
}

}  // namespace daxlab
