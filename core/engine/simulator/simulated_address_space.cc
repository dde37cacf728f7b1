#include "core/engine/simulator/simulated_address_space.h"

#include <algorithm>

#include "core/dax/shared_file.h"

namespace daxlab {
namespace {

constexpr uint64_t huge_page_bytes = max_fault_pages * page_bytes;

// Offset of an address in its page, as a word of the memory behind it.
template <class Word>
Word* word_at(std::byte* page, uint64_t address) {
  return reinterpret_cast<Word*>(page + address % page_bytes);
}

}  // namespace

// Addresses are congruent to file offsets modulo 2 MiB, as the mmu engine's are, and never used
// twice.
Status SimulatedAddressSpace::map(Mapping& mapping, uint64_t pages_in_file) {
  PageRange range = mapping.range();
  uint64_t taken = (range.pages / max_fault_pages + 2) * huge_page_bytes;
  mapping.set_start(next_address_.fetch_add(taken) + range.pgoff % max_fault_pages * page_bytes);
  uint64_t shown = std::clamp(pages_in_file, range.pgoff, range.end());
  if (mapping.backing() == HoleBacking::kernel_zero && shown < range.end()) {
    mapping.set_entries({shown, range.end() - shown}, {PageState::none, 0});
  }
  return {};
}

bool SimulatedAddressSpace::kernel_serves(const Mapping& mapping, PageEntry entry) const {
  return entry.state == PageState::backing && mapping.backing() == HoleBacking::kernel_zero;
}

Result<uint64_t> SimulatedAddressSpace::load(Mapping& mapping, uint64_t address) {
  uint64_t pgoff = mapping.pgoff_of(address);
  for (;;) {
    PageEntry entry = mapping.entry(pgoff);
    if (entry.is_block()) {
      return __atomic_load_n(word_at<uint64_t>(region_.address_of(entry.frame), address),
                             __ATOMIC_RELAXED);
    }
    if (entry.state == PageState::cached) {
      std::byte* page = mapping.file().cache.address_of(pgoff);
      return __atomic_load_n(word_at<uint64_t>(page, address), __ATOMIC_RELAXED);
    }
    if (entry.present() || kernel_serves(mapping, entry)) return uint64_t{0};
    mapping.acquire();
    Status status = handler_->handle(mapping, address / page_bytes * page_bytes, false);
    mapping.release();
    if (!status.ok()) return status;
  }
}

Status SimulatedAddressSpace::store(Mapping& mapping, uint64_t address, uint64_t value) {
  uint64_t pgoff = mapping.pgoff_of(address);
  for (;;) {
    PageEntry entry = mapping.entry(pgoff);
    if (entry.state == PageState::block_rw) {
      region_.persist().store_word(word_at<uint64_t>(region_.address_of(entry.frame), address),
                                   value);
      return {};
    }
    mapping.acquire();
    Status status = handler_->handle(mapping, address / page_bytes * page_bytes, true);
    mapping.release();
    if (!status.ok()) return status;
  }
}

Status SimulatedAddressSpace::insert_kernel_zero(Mapping& mapping, PageRange) noexcept {
  // The mmu engine cannot put the shared zero page where the page cache's memfd is mapped.
  if (mapping.backing() == HoleBacking::page_cache) return ErrorCode::unsupported;
  return {};
}

Status SimulatedAddressSpace::insert_own_zero(Mapping&, PageRange) noexcept { return {}; }
Status SimulatedAddressSpace::insert_cached(Mapping&, PageRange) noexcept { return {}; }

Status SimulatedAddressSpace::insert_blocks(Mapping&, PageRange, uint64_t, bool) noexcept {
  return {};
}

Status SimulatedAddressSpace::remove(Mapping& mapping, PageRange run) noexcept {
  for (uint64_t pgoff = run.pgoff; pgoff < run.end(); ++pgoff) {
    PageEntry entry = mapping.entry(pgoff);
    if (entry.present() || kernel_serves(mapping, entry)) {
      mapping.set_entries({pgoff, 1}, {PageState::none, 0});
    }
  }
  return {};
}

}  // namespace daxlab
