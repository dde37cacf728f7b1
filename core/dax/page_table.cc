#include "core/dax/page_table.h"

#include <algorithm>

#include "core/sync/schedule.h"

namespace daxlab {
namespace {

Status insert_absent_at_once(DaxParts& parts, Mapping& mapping, PageRange run,
                             Page* page) noexcept {
  if (page == &parts.zero_pages.kernel) {
    Status status = parts.addresses.insert_kernel_zero(mapping, run);
    if (status.ok()) mapping.set_entries(run, {PageState::kernel_zero, 0});
    return status;
  }
  if (page == &parts.zero_pages.own) {
    Status status = parts.addresses.insert_own_zero(mapping, run);
    if (status.ok()) mapping.set_entries(run, {PageState::own_zero, own_zero_frame(run.pgoff)});
    return status;
  }
  Status status = parts.addresses.insert_cached(mapping, run);
  if (status.ok()) mapping.set_entries(run, {PageState::cached, 0});
  return status;
}

// What is captured by reference here outlives every step of its lab.
Status insert_absent(DaxParts& parts, Mapping& mapping, PageRange run, Page* page,
                     SourceLocation where) noexcept {
  return in_schedule_with_status(StepKind::insert, &mapping, where, [&parts, &mapping, run, page] {
    return insert_absent_at_once(parts, mapping, run, page);
  });
}

Status insert_blocks_at_once(DaxParts& parts, Mapping& mapping, PageRange run, uint64_t first_block,
                             bool writable) noexcept {
  if (Status status = parts.addresses.insert_blocks(mapping, run, first_block, writable);
      !status.ok()) {
    return status;
  }
  mapping.set_entries(run, {writable ? PageState::block_rw : PageState::block_ro, first_block});
  return {};
}

Status remove(DaxParts& parts, Mapping& mapping, PageRange run, SourceLocation where) noexcept {
  return in_schedule_with_status(StepKind::unmap, &mapping, where, [&parts, &mapping, run] {
    return parts.addresses.remove(mapping, run);
  });
}

// Pages of the run, from its start, that `page` can stand for.
uint64_t covered(SharedFile& file, PageRange run, const Page* page) {
  if (!is_cached_page(page)) return run.pages;
  if (index_of(page) != run.pgoff) return 0;
  uint64_t pages = 0;
  while (pages < run.pages && file.cache.has(run.pgoff + pages)) ++pages;
  return pages;
}

}  // namespace

Inserted insert_page(DaxParts& parts, Mapping& mapping, PageRange run, Page* page,
                     SourceLocation where) noexcept {
  run.pages = covered(mapping.file(), run, page);
  uint64_t done = 0;
  while (done < run.pages) {
    const uint64_t pgoff = run.pgoff + done;
    const uint64_t to_border = max_fault_pages - pgoff % max_fault_pages;
    const PageState state = mapping.entry(pgoff).state;
    const uint64_t same =
        mapping.run_of_equal_states({pgoff, std::min(run.pages - done, to_border)});
    if (!PageEntry{state, 0}.present()) {
      Status status = insert_absent(parts, mapping, {pgoff, same}, page, where);
      if (!status.ok()) return {done, status};
      if (!is_cached_page(page)) page->index.store(pgoff + same - 1, std::memory_order_relaxed);
      parts.counters.add(Counter::zero_pages_inserted, same);
    }
    done += same;
  }
  return {done, {}};
}

Inserted insert_blocks(DaxParts& parts, Mapping& mapping, PageRange run, uint64_t first_block,
                       bool writable, SourceLocation where) noexcept {
  // Marked before any store can happen; a mark without a store costs one flush.
  if (writable) parts.dirty.set({first_block, run.pages});
  const Status status = in_schedule_with_status(
      StepKind::insert, &mapping, where, [&parts, &mapping, run, first_block, writable] {
        return insert_blocks_at_once(parts, mapping, run, first_block, writable);
      });
  return {status.ok() ? run.pages : 0, status};
}

Status unmap_range(DaxParts& parts, SharedFile& file, PageRange range, const Mapping* spared,
                   SourceLocation where) noexcept {
  Status status;
  file.for_each_mapping(range, [&](Mapping& mapping, PageRange part) {
    if (&mapping == spared) return;
    if (Status removed = remove(parts, mapping, part, where); !removed.ok()) {
      // A page that cannot be taken out would show stale bytes: nothing can be trusted after that.
      parts.failures.report(PluginCallback::none,
                            "the kernel refused to unmap pages %llu to %llu (vm.max_map_count?)",
                            part.pgoff, part.end() - 1);
      status = removed;
    }
  });
  return status;
}

Status unmap_range_exclusively(DaxParts& parts, SharedFile& file, PageRange range,
                               SourceLocation where) noexcept {
  if (parts.addresses.room() == 0) (void)parts.room.make(file);  // removals have a reserve besides
  return unmap_range(parts, file, range, nullptr, where);
}

// Mappings of single cached pages go before the cache lets go of them, or a read in between would
// bring memory back; where pages are mapped in place they go with it, or else by themselves.
void remove_cached(DaxParts& parts, SharedFile& file, PageRange range,
                   SourceLocation where) noexcept {
  // The caller keeps pages of the range from being added: none now is none until it lets go.
  if (file.cache.pages() == 0) return;
  auto go_with_the_cache = [&](const Mapping& mapping) {
    return mapping.backing() == HoleBacking::page_cache && file.cache.removes_from_mappings();
  };
  auto take_out = [&](bool in_place) {
    file.for_each_mapping(range, [&](Mapping& mapping, PageRange part) {
      if (in_place != go_with_the_cache(mapping)) return;
      for (uint64_t pgoff = part.pgoff; pgoff < part.end(); ++pgoff) {
        if (mapping.entry(pgoff).state != PageState::cached) continue;
        if (remove(parts, mapping, {pgoff, 1}, where).ok()) continue;
        parts.failures.report(PluginCallback::none,
                              "the kernel refused to unmap page %llu (vm.max_map_count?)", pgoff);
      }
    });
  };
  take_out(false);
  if (!file.cache.remove(range).ok()) return take_out(true);
  file.for_each_mapping(range, [&](Mapping& mapping, PageRange part) {
    if (!go_with_the_cache(mapping)) return;
    for (uint64_t pgoff = part.pgoff; pgoff < part.end(); ++pgoff) {
      if (mapping.entry(pgoff).state == PageState::cached) {
        mapping.set_entries({pgoff, 1}, {PageState::backing, 0});
      }
    }
  });
}

}  // namespace daxlab
