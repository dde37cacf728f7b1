#include "core/dax/write_operations.h"

#include <algorithm>
#include <cassert>

#include "core/dax/fault_operations.h"
#include "core/dax/page_locks.h"

namespace daxlab {

PageRange WriteOperations::pages_of(ByteRange range) {
  uint64_t first = range.offset_bytes / page_bytes;
  return {first, (range.end() + page_bytes - 1) / page_bytes - first};
}

WriteOperations::Part WriteOperations::part_of(ByteRange range, uint64_t pgoff) {
  uint64_t page_start = pgoff * page_bytes;
  uint64_t start = std::max(range.offset_bytes, page_start);
  uint64_t end = std::min(range.end(), page_start + page_bytes);
  return {pgoff, start - page_start, end - start};
}

const std::byte* WriteOperations::source_of(Part part) const {
  return from_.data() + (part.file_offset_bytes() - range_.offset_bytes);
}

WriteOperations::WriteOperations(DaxParts& parts, SharedFile& file, ByteRange range,
                                 std::span<const std::byte> from, bool may_grow)
    : parts_(parts),
      file_(file),
      range_(range),
      from_(from),
      may_grow_(may_grow),
      first_pgoff_(range.offset_bytes / page_bytes),
      source_(parts.allocator, false),
      stages_(pages_of(range).pages) {
  pinned_.emplace(file_.pins);
}

WriteOperations::~WriteOperations() { release(); }

bool WriteOperations::inside(ByteRange range) noexcept {
  if (range.length_bytes > 0 && range.offset_bytes >= range_.offset_bytes &&
      range.offset_bytes < range_.end() &&
      range.length_bytes <= range_.end() - range.offset_bytes) {
    return true;
  }
  parts_.failures.report(PluginCallback::write_write,
                         "asked for bytes [%llu, +%llu), outside the write of [%llu, +%llu)",
                         range.offset_bytes, range.length_bytes, range_.offset_bytes,
                         range_.length_bytes);
  return false;
}

uint64_t WriteOperations::reserve(ByteRange range) noexcept {
  if (!inside(range)) return 0;
  PageRange pages = pages_of(range);
  uint64_t done = reserve_pages(pages);
  if (done == pages.pages) return range.length_bytes;
  uint64_t end = (pages.pgoff + done) * page_bytes;
  return end > range.offset_bytes ? end - range.offset_bytes : 0;
}

// A fault publishes a block before it takes down the zero pages over it, and gives the page lock
// back after. Writing in place in between, our bytes could be read() while a mapping still shows
// zeros: wait it out.
Extent WriteOperations::look_up(PageRange range) {
  file_.invalidate_lock.lock_shared();
  Extent extent = file_.map.find_extent(range);
  if (!extent.is_hole()) {
    extent.blocks = std::min(extent.blocks, max_fault_pages - range.pgoff % max_fault_pages);
    HeldPages(file_.page_locks).lock({range.pgoff, extent.blocks});
  }
  file_.invalidate_lock.unlock_shared();
  return extent;
}

// Blocks that the file has stay reachable under the pin even when they are punched meanwhile: the
// write then came before the punch.
uint64_t WriteOperations::reserve_pages(PageRange pages) {
  uint64_t goal = 0;
  uint64_t done = 0;
  if (pages.pgoff > 0) {
    file_.invalidate_lock.lock_shared();
    uint64_t before = file_.map.find(pages.pgoff - 1);
    file_.invalidate_lock.unlock_shared();
    if (before != 0) goal = before + 1;
  }
  while (done < pages.pages) {
    uint64_t pgoff = pages.pgoff + done;
    if (stage(pgoff).block != 0) {
      ++done;
      continue;
    }
    Extent extent = look_up({pgoff, pages.pages - done});
    bool fresh = extent.is_hole();
    if (fresh) {
      uint64_t room = std::min(extent.blocks, max_fault_pages - pgoff % max_fault_pages);
      if (!reserve_nodes(pgoff + room)) return done;
      Result<Extent> got = source_.allocate(goal, 1, room);
      if (!got.ok()) return done;
      extent = got.value();
    }
    for (uint64_t i = 0; i < extent.blocks; ++i) {
      Stage& next = stage(pgoff + i);
      // Reserved by an earlier call: keep that, give the spare block back.
      if (next.block != 0) {
        if (fresh) source_.give_back({extent.block + i, 1});
        continue;
      }
      next = {.block = extent.block + i, .fresh = fresh};
    }
    goal = extent.end();
    done += extent.blocks;
  }
  return done;
}

// For the write's pages up to `end`: those of earlier calls need theirs out of the same supply.
bool WriteOperations::reserve_nodes(uint64_t end) {
  file_.invalidate_lock.lock_shared();
  uint64_t needed = file_.map.missing_nodes({first_pgoff_, end - first_pgoff_});
  file_.invalidate_lock.unlock_shared();
  return take_nodes(needed);
}

bool WriteOperations::take_nodes(uint64_t needed) {
  while (nodes_.blocks.size() < needed) {
    Result<uint64_t> node = source_.take_node();
    if (!node.ok()) return false;
    nodes_.blocks.push_back(node.value());
  }
  return true;
}

Result<uint64_t> WriteOperations::ReservedNodes::take_node() noexcept {
  if (blocks.empty()) return ErrorCode::no_space;
  uint64_t node = blocks.back();
  blocks.pop_back();
  return node;
}

Status WriteOperations::copy(ByteRange range) noexcept {
  if (!inside(range)) return ErrorCode::bad_plugin;
  PageRange pages = pages_of(range);
  uint64_t pgoff = pages.pgoff;
  while (pgoff < pages.end()) {
    if (stage(pgoff).block == 0) {
      parts_.failures.report(PluginCallback::write_write,
                             "copies to file page %llu, which it has not reserved", pgoff);
      return ErrorCode::bad_plugin;
    }
    uint64_t run = 1;
    while (pgoff + run < pages.end() && stage(pgoff + run).block == stage(pgoff).block + run) {
      ++run;
    }
    copy_run({pgoff, run}, range);
    pgoff += run;
  }
  parts_.region.persist().fence();
  return {};
}

void WriteOperations::copy_run(PageRange run, ByteRange range) {
  for (uint64_t pgoff = run.pgoff; pgoff < run.end(); ++pgoff) {
    prepare(stage(pgoff), part_of(range, pgoff));
  }
  if (from_.empty()) return;
  uint64_t start = std::max(range.offset_bytes, run.pgoff * page_bytes);
  uint64_t end = std::min(range.end(), run.end() * page_bytes);
  std::byte* to =
      parts_.region.address_of(stage(run.pgoff).block) + (start - run.pgoff * page_bytes);
  parts_.region.persist().copy(to, from_.data() + (start - range_.offset_bytes), end - start);
}

// A fresh block still holds what its last owner left there.
void WriteOperations::prepare(Stage& stage, Part part) {
  if (!stage.fresh || stage.prepared) return;
  stage.prepared = true;
  bool covered = part.length_bytes == page_bytes && !from_.empty();
  if (!covered) parts_.region.persist().zero(parts_.region.address_of(stage.block), block_bytes);
}

Status WriteOperations::publish(ByteRange range) noexcept {
  if (!inside(range)) return ErrorCode::bad_plugin;
  PageRange pages = pages_of(range);
  for (uint64_t pgoff = pages.pgoff; pgoff < pages.end(); ++pgoff) {
    if (stage(pgoff).block == 0 || (stage(pgoff).fresh && !stage(pgoff).prepared)) {
      parts_.failures.report(PluginCallback::write_write,
                             "publishes file page %llu before copying to it", pgoff);
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
    uint64_t needed = file_.map.missing_nodes(entered);
    if (nodes_.blocks.size() >= needed) return {};
    file_.invalidate_lock.unlock_shared();
    if (!take_nodes(needed)) return ErrorCode::no_space;
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
        parts_.fault.before_fill(pages, ops);
      }
      if (Status status = publish_run(pages); !status.ok()) return status;
      run = 0;
    }
    if (ours) ++run;
  }
  return {};
}

void WriteOperations::merge_into(uint64_t block, Stage& stage, Part part) {
  if (from_.empty()) return;  // preallocate: what is there stays
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

// The size covers bytes that are durable and in the map by now.
void WriteOperations::grow_to(ByteRange range) {
  file_.map_lock.lock();
  uint64_t size = file_.size_bytes();
  if (range.end() > size) {
    zero_tail(parts_, file_, size, range.offset_bytes);
    file_.set_size(range.end());
  }
  file_.map_lock.unlock();
}

void WriteOperations::release() noexcept {
  for (Stage& stage : stages_) {
    if (stage.fresh && !stage.published && stage.block != 0) source_.give_back({stage.block, 1});
    if (!stage.published) stage = {};
  }
  for (uint64_t node : nodes_.blocks) source_.give_back({node, 1});
  nodes_.blocks.clear();
}

Status WriteOperations::copy_to_page_cache(ByteRange range) noexcept {
  if (!inside(range)) return ErrorCode::bad_plugin;
  PageRange pages = pages_of(range);
  for (uint64_t pgoff = pages.pgoff; pgoff < pages.end(); ++pgoff) {
    if (Status status = file_.cache.add(pgoff); !status.ok()) return status;
    Part part = part_of(range, pgoff);
    copy_words(file_.cache.address_of(pgoff) + part.start_bytes, source_of(part),
               part.length_bytes);
  }
  file_.invalidate_lock.lock_shared();
  grow_to(range);
  file_.invalidate_lock.unlock_shared();
  return {};
}

void zero_tail(DaxParts& parts, SharedFile& file, uint64_t end_bytes,
               uint64_t limit_bytes) noexcept {
  if (end_bytes % page_bytes == 0 || limit_bytes <= end_bytes) return;
  uint64_t block = file.map.find(end_bytes / page_bytes);
  if (block == 0) return;
  uint64_t start = end_bytes % page_bytes;
  uint64_t page_end = end_bytes - start + page_bytes;
  uint64_t length = std::min(limit_bytes, page_end) - end_bytes;
  parts.region.persist().zero(parts.region.address_of(block) + start, length);
  parts.region.persist().fence();
}

}  // namespace daxlab
