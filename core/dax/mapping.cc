#include "core/dax/mapping.h"

#include <sys/mman.h>

#include <algorithm>
#include <cassert>
#include <cstdlib>
#include <new>

#include "core/base/reserved_memory.h"

namespace daxlab {
namespace {

// Never 0.
uint64_t encode(PageEntry entry) {
  return entry.frame << 8 | (static_cast<uint64_t>(entry.state) + 1);
}
PageEntry decode(uint64_t word) { return {static_cast<PageState>((word & 0xff) - 1), word >> 8}; }

// Small tables come cheaper from the heap than from the kernel.
constexpr uint64_t heap_bytes = 64 * 1024;

void* zeroed_table(uint64_t length_bytes) {
  if (length_bytes <= heap_bytes) return std::calloc(length_bytes, 1);
  return reserve_memory(length_bytes);
}

void give_back_table(void* table, uint64_t length_bytes) {
  if (length_bytes <= heap_bytes) return std::free(table);
  munmap(table, length_bytes);
}

constexpr uint32_t waited_for = uint32_t{1} << 31;

bool counts_frames(PageState state) {
  return state == PageState::own_zero || state >= PageState::block_ro;
}

}  // namespace

Result<std::unique_ptr<Mapping>> Mapping::create(SharedFile& file, PageRange range,
                                                 HoleBacking backing, Counters& counters) {
  void* entries = zeroed_table(range.pages * table_bytes_of_a_page);
  if (entries == nullptr) return ErrorCode::no_memory;
  std::unique_ptr<Mapping> mapping(new (std::nothrow) Mapping(file, range, backing, counters));
  if (mapping == nullptr) {
    give_back_table(entries, range.pages * table_bytes_of_a_page);
    return ErrorCode::no_memory;
  }
  mapping->entries_ = static_cast<std::atomic<uint64_t>*>(entries);
  mapping->states_ = reinterpret_cast<std::atomic<uint8_t>*>(mapping->entries_ + range.pages);
  return mapping;
}

Mapping::Mapping(SharedFile& file, PageRange range, HoleBacking backing, Counters& counters)
    : file_(file), range_(range), backing_(backing), counters_(counters) {
  counters_.raise(Peak::kernel_mappings, 1);
}

Mapping::~Mapping() {
  counters_.raise(Peak::kernel_mappings, -static_cast<int64_t>(kernel_mappings_.load()));
  if (entries_ != nullptr) {
    give_back_table(static_cast<void*>(entries_), range_.pages * table_bytes_of_a_page);
  }
}

PageRange Mapping::clip(PageRange range) const {
  uint64_t first = std::max(range.pgoff, range_.pgoff);
  uint64_t end = std::min(range.end(), range_.end());
  return {first, end > first ? end - first : 0};
}

PageEntry Mapping::entry(uint64_t pgoff) const {
  assert(range_.contains(pgoff));
  const uint64_t page = pgoff - range_.pgoff;
  const uint64_t word = entries_[page].load(std::memory_order_acquire);
  if (word != 0) return decode(word);
  const uint8_t state = states_[page].load(std::memory_order_acquire);
  if (state != 0) return decode(state);
  return {pgoff < bare_from_ ? PageState::backing : PageState::none, 0};
}

// What is there already is not written: that would take memory for pages that never had any. An
// entry with a frame hides the state; so the state comes first where one goes.
void Mapping::set_entry(uint64_t pgoff, PageEntry wanted) {
  if (entry(pgoff) == wanted) return;
  const uint64_t page = pgoff - range_.pgoff;
  const uint64_t word = encode(wanted);
  if (counts_frames(wanted.state)) return entries_[page].store(word, std::memory_order_release);
  states_[page].store(static_cast<uint8_t>(word), std::memory_order_release);
  if (entries_[page].load(std::memory_order_relaxed) != 0) {
    entries_[page].store(0, std::memory_order_release);
  }
}

void Mapping::set_bare_from(uint64_t pgoff) {
  if (bare_from_ == pgoff) return;
  bare_from_ = pgoff;
  if (pgoff <= range_.pgoff || pgoff >= range_.end()) return;
  kernel_mappings_.fetch_add(1, std::memory_order_relaxed);
  counters_.raise(Peak::kernel_mappings, 1);
}

// Two neighbouring pages lie in one kernel mapping if that has one file (or none), continuous
// offsets and one protection.
bool Mapping::merges(PageEntry left, PageEntry right) const {
  auto kind = [this](PageState state) {
    bool apart = zeros_apart_ && backing_ == HoleBacking::trap;
    if (state == PageState::kernel_zero && !apart) return PageState::backing;
    bool in_place = state == PageState::cached && backing_ == HoleBacking::page_cache;
    return in_place ? PageState::backing : state;
  };
  if (kind(left.state) != kind(right.state)) return false;
  return !counts_frames(left.state) || left.frame + 1 == right.frame;
}

uint64_t Mapping::boundaries(PageRange range) const {
  uint64_t first = std::max(range.pgoff, range_.pgoff + 1);
  uint64_t end = std::min(range.end() + 1, range_.end());
  uint64_t count = 0;
  for (uint64_t pgoff = first; pgoff < end; ++pgoff) {
    if (!merges(entry(pgoff - 1), entry(pgoff))) ++count;
  }
  return count;
}

bool Mapping::is_clear(PageRange range) const {
  const bool kernel_serves = backing_ == HoleBacking::kernel_zero;
  const PageState cleared = kernel_serves ? PageState::none : PageState::backing;
  return range.pages == 0 ||
         (entry(range.pgoff).state == cleared && run_of_equal_states(range) == range.pages);
}

bool Mapping::is_worth_clearing(PageRange range) {
  counting_.lock();
  const bool is_worth = kernel_mappings() > 1 && !is_clear(range);
  counting_.unlock();
  return is_worth;
}

void Mapping::set_entries(PageRange range, PageEntry first) {
  assert(clip(range) == range);
  counting_.lock();
  uint64_t before = boundaries(range);
  for (uint64_t i = 0; i < range.pages; ++i) {
    set_entry(range.pgoff + i,
              counts_frames(first.state) ? first.plus(i) : PageEntry{first.state, 0});
  }
  int64_t change = static_cast<int64_t>(boundaries(range)) - static_cast<int64_t>(before);
  if (change != 0) {
    kernel_mappings_.fetch_add(static_cast<uint64_t>(change), std::memory_order_relaxed);
    counters_.raise(Peak::kernel_mappings, change);
  }
  counting_.unlock();
}

uint64_t Mapping::run_of_equal_states(PageRange range) const {
  if (range.pages == 0) return 0;
  PageState state = entry(range.pgoff).state;
  uint64_t run = 1;
  while (run < range.pages && entry(range.pgoff + run).state == state) ++run;
  return run;
}

void Mapping::release() {
  if (references_.fetch_sub(1) == waited_for + 1) wake_all(references_);
}

void Mapping::wait_until_unused() {
  references_.fetch_or(waited_for);
  for (uint32_t now = references_.load(); now != waited_for; now = references_.load()) {
    wait_while(references_, now);
  }
}

}  // namespace daxlab
