#include "core/dax/write_operations.h"

#include <algorithm>
#include <cassert>

#include "core/base/no_memory.h"
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
      stages_(pages_of(range).pages) {}

// The pin goes before anybody is waited for. So who waits holds no pin, and who holds one never
// waits for a pin or for extend_lock, the one lock that is held here: nobody waits in a circle.
WriteOperations::~WriteOperations() {
  release();
  pinned_.reset();
  give_back(parts_, file_, replaced_);
}

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

uint64_t WriteOperations::reserve(ByteRange range, Staging staging) noexcept {
  if (!inside(range)) return 0;
  // Copies need no pin: nothing is read from the file's blocks but under invalidate_lock exclusive.
  if (staging == Staging::in_place && !pinned_) pinned_.emplace(file_.pins);
  PageRange pages = pages_of(range);
  uint64_t done = reserve_pages(pages, staging);
  if (!is_sure_of_nodes()) done = pages_alike({pages.pgoff, done});
  if (done == pages.pages) return range.length_bytes;
  uint64_t end = (pages.pgoff + done) * page_bytes;
  return end > range.offset_bytes ? end - range.offset_bytes : 0;
}

// Bytes that were written in place cannot be taken back. If new blocks go with them, publishing
// must not fail: so there are nodes for the case that a punch takes all out of the map that could
// lead to these pages.
bool WriteOperations::is_sure_of_nodes() {
  auto reserved = [](const Stage& stage) { return stage.block != 0; };
  auto fresh = [](const Stage& stage) { return stage.block != 0 && stage.fresh; };
  auto count = std::count_if(stages_.begin(), stages_.end(), reserved);
  auto fresh_count = std::count_if(stages_.begin(), stages_.end(), fresh);
  if (fresh_count == 0 || fresh_count == count) return true;
  return take_nodes(BlockMap::most_nodes({first_pgoff_, stages_.size()}));
}

// How many from the start of the range on are all new, or all the file's.
uint64_t WriteOperations::pages_alike(PageRange pages) {
  uint64_t alike = 0;
  while (alike < pages.pages && stage(pages.pgoff + alike).fresh == stage(pages.pgoff).fresh) {
    ++alike;
  }
  return alike;
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
uint64_t WriteOperations::reserve_pages(PageRange pages, Staging staging) {
  uint64_t goal = goal_for(pages.pgoff);
  uint64_t done = 0;
  while (done < pages.pages) {
    uint64_t pgoff = pages.pgoff + done;
    if (stage(pgoff).block != 0) {
      ++done;
      continue;
    }
    bool fresh = false;
    Result<Extent> got = extent_for({pgoff, pages.pages - done}, staging, goal, fresh);
    if (!got.ok()) return done;
    Extent extent = got.value();
    for (uint64_t i = 0; i < extent.blocks; ++i) {
      Stage& next = stage(pgoff + i);
      // Reserved by an earlier call: keep that, give the spare block back.
      if (next.block != 0) {
        if (fresh) source_.give_back({extent.block + i, 1});
        continue;
      }
      next = {.block = extent.block + i, .fresh = fresh, .copy = staging == Staging::copy_on_write};
    }
    goal = extent.end();
    done += extent.blocks;
  }
  return done;
}

// Blocks of the file, or new ones, for pages from the start of the range on.
Result<Extent> WriteOperations::extent_for(PageRange pages, Staging staging, uint64_t goal,
                                           bool& fresh) {
  Extent extent{0, pages.pages};
  if (staging == Staging::in_place) extent = look_up(pages);
  fresh = extent.is_hole();
  if (!fresh) {
    const uint64_t bad = parts_.region.bad_blocks().first_in(extent);
    met_bad_block_ = met_bad_block_ || bad == extent.block;
    if (bad == extent.block) return ErrorCode::io_error;
    return Extent{extent.block, bad - extent.block};
  }
  // Up to the next multiple of 2 MiB, or several times 2 MiB at once: few, for the nodes that lead
  // to them are taken before it is known how much space there is.
  constexpr uint64_t most_at_once = 4 * max_fault_pages;
  uint64_t in_range = max_fault_pages - pages.pgoff % max_fault_pages;
  uint64_t room = std::min(extent.blocks, in_range);
  if (room == max_fault_pages) {
    room = std::min(extent.blocks / max_fault_pages * max_fault_pages, most_at_once);
  }
  if (!reserve_nodes(pages.pgoff + room)) return ErrorCode::no_space;
  return source_.allocate(goal, {pages.pgoff, room});
}

uint64_t WriteOperations::goal_for(uint64_t pgoff) {
  file_.invalidate_lock.lock_shared();
  uint64_t goal = file_.map.goal_for(pgoff);
  file_.invalidate_lock.unlock_shared();
  return goal;
}

// For the write's pages up to `end`: those of earlier calls need theirs out of the same supply.
bool WriteOperations::reserve_nodes(uint64_t end) {
  file_.invalidate_lock.lock_shared();
  uint64_t needed = file_.map.missing_nodes({first_pgoff_, end - first_pgoff_});
  file_.invalidate_lock.unlock_shared();
  return take_nodes(needed);
}

bool WriteOperations::take_nodes(uint64_t needed) {
  out_of_memory_ = !or_no_memory([&] { nodes_.blocks.reserve(needed); }).ok();
  if (out_of_memory_) return false;
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
  bool only_copies = true;
  for (uint64_t pgoff = pages.pgoff; pgoff < pages.end(); ++pgoff) {
    // A copy that was published is the file's, and no pin keeps it from being replaced and freed.
    const Stage& next = stage(pgoff);
    if (next.block == 0 || (next.copy && next.published)) {
      parts_.failures.report(PluginCallback::write_write,
                             "copies to file page %llu, which it has not reserved", pgoff);
      return ErrorCode::bad_plugin;
    }
    only_copies = only_copies && next.copy;
  }
  uint64_t pgoff = pages.pgoff;
  while (pgoff < pages.end()) {
    uint64_t run = 1;
    while (pgoff + run < pages.end() && stage(pgoff + run).block == stage(pgoff).block + run) {
      ++run;
    }
    copy_run({pgoff, run}, range);
    pgoff += run;
  }
  // Copies are published through the log, whose first fence makes them durable.
  if (!only_copies) parts_.region.persist().fence();
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

// A fresh block still holds what its last owner left there. Around what the write covers of a copy,
// publishing takes over the block that it replaces.
void WriteOperations::prepare(Stage& stage, Part part) {
  if (!stage.fresh || stage.prepared) return;
  stage.prepared = true;
  uint64_t needed = stage.copy ? part_of(range_, part.pgoff).length_bytes : page_bytes;
  bool covered = part.length_bytes == needed && !from_.empty();
  if (!covered) parts_.region.persist().zero(parts_.region.address_of(stage.block), block_bytes);
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

}  // namespace daxlab
