#include "core/dax/write_operations.h"

#include <algorithm>
#include <cassert>

#include "core/base/no_memory.h"
#include "core/base/part_clock.h"
#include "core/dax/fault_operations.h"
#include "core/dax/page_locks.h"
#include "core/dax/placement.h"

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

// The front part of a range of which the caller's buffer has the bytes.
ByteRange WriteOperations::readable_part(ByteRange range) const {
  if (from_.empty()) return range;
  const uint64_t end = std::min(range.end(), range_.offset_bytes + from_.size());
  return {range.offset_bytes, end > range.offset_bytes ? end - range.offset_bytes : 0};
}

uint64_t WriteOperations::reserve(ByteRange range, Staging staging) noexcept {
  const InPart in_part(TimePart::reserve);
  if (!inside(range)) return 0;
  const uint64_t asked_bytes = range.length_bytes;
  range = readable_part(range);
  uint64_t done = 0;
  PageRange pages{};
  if (range.length_bytes > 0) {
    // Copies need no pin: nothing is read from the file's blocks but under invalidate_lock
    // exclusive.
    if (staging == Staging::in_place && !pinned_) pinned_.emplace(file_.pins);
    pages = pages_of(range);
    done = reserve_pages(pages, staging);
    if (!is_sure_of_nodes()) done = pages_alike({pages.pgoff, done});
  }
  if (done == pages.pages) {
    met_bad_address_ = met_bad_address_ || range.length_bytes < asked_bytes;
    return range.length_bytes;
  }
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
  const InPart in_part(TimePart::look_up);
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
  uint64_t goal = goal_of(pages.pgoff);
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

uint64_t WriteOperations::goal_of(uint64_t pgoff) {
  const InPart in_part(TimePart::look_up);
  file_.invalidate_lock.lock_shared();
  uint64_t goal = goal_for(parts_, file_, pgoff);
  file_.invalidate_lock.unlock_shared();
  return goal;
}

// For the write's pages up to `end`: those of earlier calls need theirs out of the same supply.
bool WriteOperations::reserve_nodes(uint64_t end) {
  return take_nodes(missing_nodes({first_pgoff_, end - first_pgoff_}));
}

uint64_t WriteOperations::missing_nodes(PageRange pages) {
  const InPart in_part(TimePart::look_up);
  file_.invalidate_lock.lock_shared();
  uint64_t missing = file_.map.missing_nodes(pages);
  file_.invalidate_lock.unlock_shared();
  return missing;
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

void WriteOperations::release() noexcept {
  for (Stage& stage : stages_) {
    if (stage.fresh && !stage.published && stage.block != 0) source_.give_back({stage.block, 1});
    if (!stage.published) stage = {};
  }
  for (uint64_t node : nodes_.blocks) source_.give_back({node, 1});
  nodes_.blocks.clear();
}

}  // namespace daxlab
