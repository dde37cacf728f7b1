#include "core/dax/page_table.h"

namespace daxlab {
namespace {

Status insert_absent(DaxParts& parts, Mapping& mapping, PageRange run, Page* page) noexcept {
  if (page == &parts.zero_pages.kernel) {
    Status status = parts.addresses.insert_kernel_zero(mapping, run);
    if (status.ok()) mapping.set_entries(run, {PageState::kernel_zero, 0});
    return status;
  }
  if (page == &parts.zero_pages.own) {
    Status status = parts.addresses.insert_own_zero(mapping, run);
    if (status.ok()) mapping.set_entries(run, {PageState::own_zero, 0});
    return status;
  }
  Status status = parts.addresses.insert_cached(mapping, run);
  if (status.ok()) mapping.set_entries(run, {PageState::cached, 0});
  return status;
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

uint64_t insert_page(DaxParts& parts, Mapping& mapping, PageRange run, Page* page) noexcept {
  run.pages = covered(mapping.file(), run, page);
  uint64_t done = 0;
  while (done < run.pages) {
    uint64_t pgoff = run.pgoff + done;
    PageState state = mapping.entry(pgoff).state;
    uint64_t same = mapping.run_of_equal_states({pgoff, run.pages - done});
    if (!PageEntry{state, 0}.present()) {
      if (!insert_absent(parts, mapping, {pgoff, same}, page).ok()) break;
      if (!is_cached_page(page)) page->index.store(pgoff + same - 1, std::memory_order_relaxed);
      parts.counters.add(Counter::zero_pages_inserted, same);
    }
    done += same;
  }
  return done;
}

uint64_t insert_blocks(DaxParts& parts, Mapping& mapping, PageRange run, uint64_t first_block,
                       bool writable) noexcept {
  // Marked before any store can happen; a mark without a store costs one flush.
  if (writable) parts.dirty.set({first_block, run.pages});
  if (!parts.addresses.insert_blocks(mapping, run, first_block, writable).ok()) return 0;
  mapping.set_entries(run, {writable ? PageState::block_rw : PageState::block_ro, first_block});
  return run.pages;
}

Status unmap_range(DaxParts& parts, SharedFile& file, PageRange range,
                   const Mapping* spared) noexcept {
  Status status;
  file.for_each_mapping(range, [&](Mapping& mapping, PageRange part) {
    if (&mapping == spared) return;
    if (Status removed = parts.addresses.remove(mapping, part); !removed.ok()) {
      // A page that cannot be taken out would show stale bytes: nothing can be trusted after that.
      parts.failures.report(PluginCallback::none,
                            "the kernel refused to unmap pages %llu to %llu (vm.max_map_count?)",
                            part.pgoff, part.end() - 1);
      status = removed;
    }
  });
  return status;
}

Status unmap_range_exclusively(DaxParts& parts, SharedFile& file, PageRange range) noexcept {
  if (!parts.addresses.has_room()) {
    file.for_each_mapping(range, [&](Mapping& mapping, PageRange) {
      (void)parts.addresses.remove_all(mapping);  // what is left to do is done, or fails, below
    });
  }
  return unmap_range(parts, file, range);
}

// Mappings of single cached pages go before the cache lets go of them, or a read in between would
// bring memory back; where pages are mapped in place they go with it, or else by themselves.
void remove_cached(DaxParts& parts, SharedFile& file, PageRange range) noexcept {
  // The caller keeps pages of the range from being added: none now is none until it lets go.
  if (file.cache.pages() == 0) return;
  auto take_out = [&](bool in_place) {
    file.for_each_mapping(range, [&](Mapping& mapping, PageRange part) {
      if (in_place != (mapping.backing() == HoleBacking::page_cache)) return;
      for (uint64_t pgoff = part.pgoff; pgoff < part.end(); ++pgoff) {
        if (mapping.entry(pgoff).state != PageState::cached) continue;
        if (parts.addresses.remove(mapping, {pgoff, 1}).ok()) continue;
        parts.failures.report(PluginCallback::none,
                              "the kernel refused to unmap page %llu (vm.max_map_count?)", pgoff);
      }
    });
  };
  take_out(false);
  if (!file.cache.remove(range).ok()) return take_out(true);
  file.for_each_mapping(range, [](Mapping& mapping, PageRange part) {
    if (mapping.backing() != HoleBacking::page_cache) return;
    for (uint64_t pgoff = part.pgoff; pgoff < part.end(); ++pgoff) {
      if (mapping.entry(pgoff).state == PageState::cached) {
        mapping.set_entries({pgoff, 1}, {PageState::backing, 0});
      }
    }
  });
}

}  // namespace daxlab
