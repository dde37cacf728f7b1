#include "core/dax/fault_operations.h"

#include <algorithm>

#include "core/base/part_clock.h"
#include "core/dax/block_source.h"
#include "core/dax/page_table.h"
#include "core/dax/placement.h"

namespace daxlab {

FaultOperations::FaultOperations(DaxParts& parts, SharedFile& file, Mapping* mapping,
                                 HeldPages& held, FaultContext context)
    : parts_(parts), file_(file), mapping_(mapping), held_(held), context_(context) {}

FaultOperations::~FaultOperations() {
  if (locked_page_ != nullptr && !is_cached_page(locked_page_)) locked_page_->lock.unlock();
}

void FaultOperations::report(const char* cause, uint64_t a, uint64_t b) noexcept {
  PluginCallback callback = parts_.calls.slots[thread_shard()].callback.load();
  parts_.failures.report(callback, cause, a, b);
}

PageRange FaultOperations::lockable(PageRange range) noexcept {
  uint64_t end = std::min(file_.pages(), max_file_pages);
  if (range.pgoff >= end) return {range.pgoff, 0};
  range.pages = std::min({range.pages, end - range.pgoff, max_fault_pages});
  range.pages = held_.try_lock(range);
  return range;
}

PageRange FaultOperations::held_part(PageRange range) noexcept {
  if (range.pgoff >= max_file_pages) return {range.pgoff, 0};
  range.pages = held_.try_lock({range.pgoff, std::min(range.pages, max_file_pages - range.pgoff)});
  return range;
}

bool FaultOperations::known(const Page* page) const noexcept {
  return page == &parts_.zero_pages.kernel || page == &parts_.zero_pages.own ||
         (page != nullptr && is_cached_page(page));
}

PageRange FaultOperations::run_at(uint64_t address, uint64_t pages) noexcept {
  if (mapping_ == nullptr || address < mapping_->start() || address >= mapping_->end() ||
      address % page_bytes != 0) {
    report("inserts at address 0x%llx, which is no page of the mapping that faulted", address);
    return {};
  }
  return lockable(mapping_->clip({mapping_->pgoff_of(address), pages}));
}

void FaultOperations::grant(Extent extent) noexcept {
  std::rotate(granted_.begin(), granted_.end() - 1, granted_.end());
  granted_[0] = extent;
}

bool FaultOperations::granted(Extent extent) const noexcept {
  // By differences: an absurd length must not wrap around to a small end.
  return std::any_of(granted_.begin(), granted_.end(), [&](const Extent& given) {
    return extent.block >= given.block && extent.block < given.end() && extent.blocks > 0 &&
           extent.blocks <= given.end() - extent.block;
  });
}

// A bad block stands alone, and is never inserted.
Extent FaultOperations::before_bad_block(Extent extent) const noexcept {
  if (extent.is_hole()) return extent;
  const uint64_t good = parts_.region.bad_blocks().first_in(extent) - extent.block;
  return {extent.block, std::max<uint64_t>(good, 1)};
}

Extent FaultOperations::find_block(PageRange range) noexcept {
  const InPart in_part(TimePart::find);
  range = lockable(range);
  if (range.pages == 0) return {};
  Extent extent = before_bad_block(file_.map.find_extent(range));
  if (!extent.is_hole()) grant(extent);
  return extent;
}

Result<Extent> FaultOperations::get_block_create(PageRange range) noexcept {
  const InPart in_part(TimePart::allocate);
  if (range.pgoff >= file_.pages()) return ErrorCode::beyond_end;
  range = lockable(range);
  if (range.pages == 0) return ErrorCode::busy;
  Extent extent = before_bad_block(file_.map.find_extent(range));
  if (extent.is_hole()) {
    if (filled_.back().pages > 0) return ErrorCode::busy;  // enough for one fault
    Result<Extent> filled = fill_hole({range.pgoff, extent.blocks});
    if (!filled.ok()) {
      ran_out_of_space_ = filled.code() == ErrorCode::no_space;
      return filled;
    }
    extent = filled.value();
    auto unused = std::find_if(filled_.begin(), filled_.end(),
                               [](const PageRange& pages) { return pages.pages == 0; });
    *unused = {range.pgoff, extent.blocks};
  }
  grant(extent);
  return extent;
}

// Order: the block is zeroed and durable before an entry names it (BlockMap::publish persists
// that), so neither a crash nor a race shows old bytes of another file.
Result<Extent> FaultOperations::fill_hole(PageRange hole) noexcept {
  BlockSource source(parts_.allocator, context_ == FaultContext::fault);
  const PageRange placed{hole.pgoff + file_.block_shift().value_or(0), hole.pages};
  Result<Extent> fresh = source.allocate(goal_for(parts_, file_, hole.pgoff), placed);
  if (!fresh.ok()) return fresh;
  Extent extent = fresh.value();
  parts_.region.persist().zero(parts_.region.address_of(extent.block), extent.blocks * block_bytes);
  parts_.region.persist().fence();
  const InPart in_part(TimePart::publish);
  uint64_t published = 0;
  file_.map_lock.lock();
  NodesAtHand nodes(source);
  Status status = nodes.take(file_.map.missing_nodes({hole.pgoff, extent.blocks}));
  if (status.ok()) status = file_.map.publish(hole.pgoff, extent, nodes, &published);
  file_.map_lock.unlock();
  if (published < extent.blocks) {
    source.give_back({extent.block + published, extent.blocks - published});
  }
  if (published == 0) return status;
  return Extent{extent.block, published};
}

void FaultOperations::take_down_filled() noexcept {
  for (PageRange pages : filled_) {
    if (pages.pages == 0) break;
    remove_cached(parts_, file_, pages);
    (void)unmap_range(parts_, file_, pages);
  }
}

Page* FaultOperations::find_or_create_page(uint64_t pgoff) noexcept {
  const InPart in_part(TimePart::page_cache);
  if (lockable({pgoff, 1}).pages == 0) return nullptr;
  if (!file_.cache.add(pgoff).ok()) return nullptr;
  return cached_page_handle(pgoff);
}

void FaultOperations::remove_pages(PageRange range) noexcept {
  const InPart in_part(TimePart::page_cache);
  range = held_part(range);
  if (range.pages > 0) remove_cached(parts_, file_, range);
}

uint64_t FaultOperations::reclaim_pages(uint64_t pages) noexcept {
  const InPart in_part(TimePart::page_cache);
  uint64_t reclaimed = 0;
  uint64_t hand = file_.reclaim_hand.load(std::memory_order_relaxed);
  // At most once around: a page that somebody works on is passed over.
  for (uint64_t turns = file_.cache.pages() + 1; turns > 0 && reclaimed < pages; --turns) {
    uint64_t pgoff = file_.cache.next(hand);
    if (pgoff >= max_file_pages) pgoff = file_.cache.next(0);
    if (pgoff >= max_file_pages) break;
    hand = pgoff + 1;
    HeldPages victim(file_.page_locks);
    if (victim.try_lock({pgoff, 1}) == 0 || !file_.cache.has(pgoff)) continue;
    remove_cached(parts_, file_, {pgoff, 1});
    ++reclaimed;
  }
  file_.reclaim_hand.store(hand, std::memory_order_relaxed);
  return reclaimed;
}

uint64_t FaultOperations::cached_pages() const noexcept { return file_.cache.pages(); }

uint64_t FaultOperations::insert_page(uint64_t address, Page* page, uint64_t pages) noexcept {
  const InPart in_part(TimePart::insert);
  PageRange run = run_at(address, pages);
  if (run.pages == 0) return 0;
  if (!known(page)) {
    report("inserts at file page %llu a page that it was not given", run.pgoff);
    return 0;
  }
  return count(daxlab::insert_page(parts_, *mapping_, run, page));
}

uint64_t FaultOperations::count(Inserted inserted) noexcept {
  if (!inserted.refusal.ok()) refusal_ = inserted.refusal;
  parts_.counters.add(Counter::fault_pages, inserted.pages);
  return inserted.pages;
}

uint64_t FaultOperations::insert_block(uint64_t address, Extent extent, bool writable) noexcept {
  const InPart in_part(TimePart::insert);
  if (!granted(extent)) {
    report("inserts blocks %llu to %llu, which it was not given in this callback", extent.block,
           extent.end());
    return 0;
  }
  PageRange run = run_at(address, extent.blocks);
  if (run.pages == 0) return 0;
  if (parts_.region.is_poisoned(extent.block)) return 0;
  // Pages beyond the first that show something already (a block that may be stored to) end the run.
  uint64_t pages = 1;
  while (pages < run.pages && !mapping_->entry(run.pgoff + pages).present()) ++pages;
  run.pages = pages;
  return count(insert_blocks(parts_, *mapping_, run, extent.block, writable));
}

void FaultOperations::unmap_mapping_range(PageRange range) noexcept {
  const InPart in_part(TimePart::unmap);
  range = held_part(range);
  if (range.pages > 0) (void)unmap_range(parts_, file_, range);
}

void FaultOperations::unmap_other_mappings(PageRange range) noexcept {
  const InPart in_part(TimePart::unmap);
  range = held_part(range);
  if (range.pages > 0) (void)unmap_range(parts_, file_, range, mapping_);
}

void FaultOperations::lock_page(Page* page) noexcept {
  if (!known(page)) {
    report("locks a page that it was not given");
    return;
  }
  if (locked_page_ != nullptr) {
    report("locks 2 pages at once");
    return;
  }
  // A cached page is locked already: its lock is that of (file, pgoff).
  if (!is_cached_page(page) && page->lock.lock()) {
    parts_.counters.add(Counter::zero_page_lock_waits);
  }
  locked_page_ = page;
}

}  // namespace daxlab
