#include "core/engine/simulator/simulated_address_space.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>

#include "core/base/no_memory.h"
#include "core/dax/mapping_room.h"
#include "core/dax/page.h"
#include "core/dax/shared_file.h"
#include "core/engine/simulator/simulated_page_cache.h"
#include "core/sync/schedule.h"

namespace daxlab {
namespace {

// The process is the address's highest byte: the same address never means two things.
constexpr uint64_t first_address_of(uint32_t process) {
  return uint64_t{process} << 56 | uint64_t{1} << 40;
}

uint32_t process_of_thread() noexcept {
  const Schedule* schedule = schedule_of_thread();
  return schedule == nullptr ? 0 : schedule->process();
}

// Who is not simulated may look everywhere: judges do, when a run is over.
void check_process(uint64_t address) noexcept {
  if (schedule_of_thread() == nullptr) [[likely]]
    return;
  const auto of_mapping = static_cast<unsigned>(address >> 56);
  const unsigned of_thread = process_of_thread();
  if (of_mapping == of_thread) return;
  std::fprintf(stderr,
               "daxlab: a thread of simulated process %u touches a mapping of process %u; each "
               "process maps files for itself\n",
               of_thread, of_mapping);
  std::abort();
}

// What a fault put there may be gone again before the access is repeated. One that is sent round
// more often than any recipe does it waits for something that another thread has to do.
void before_repeating(StepKind access, const Mapping& mapping, uint32_t faults) noexcept {
  constexpr uint32_t faults_of_a_recipe = 2;
  tell_schedule(faults > faults_of_a_recipe ? StepKind::relax : access, &mapping);
}

constexpr std::array<std::byte, page_bytes> zeros{};

uint64_t* word_at(std::byte* page, uint64_t address) {
  return reinterpret_cast<uint64_t*>(page + address % page_bytes);
}

// What is left where a page was taken out. Zeros of the kernel's own cannot come back by
// themselves: the next touch has to fault.
PageState state_without(const Mapping& mapping, PageState state) {
  switch (state) {
    case PageState::backing:
    case PageState::kernel_zero:
      return mapping.backing() == HoleBacking::kernel_zero ? PageState::none : PageState::backing;
    case PageState::cached:
      return mapping.backing() == HoleBacking::page_cache ? PageState::backing : PageState::none;
    default:
      return PageState::none;
  }
}

}  // namespace

std::unique_ptr<PageCache> SimulatedAddressSpace::make_page_cache(Counters& counters) const {
  return std::make_unique<SimulatedPageCache>(counters);
}

SimulatedPageTable& SimulatedAddressSpace::table_of_process(uint32_t process) {
  if (process > max_processes) {
    std::fprintf(stderr, "daxlab: simulated process %u: there can be %u at most\n", process,
                 max_processes);
    std::abort();
  }
  if (process >= tables_.size()) tables_.resize(process + 1);
  if (tables_[process] == nullptr) {
    tables_[process] = std::make_unique<SimulatedPageTable>(first_address_of(process));
  }
  return *tables_[process];
}

// Where the kernel serves holes it has done so at once. Blocks are put in by the caller.
Status SimulatedAddressSpace::map(Mapping& mapping, uint64_t pages_in_file) {
  if (room() == 0) return ErrorCode::no_mappings;
  SimulatedPageTable* table = nullptr;
  Status status = or_no_memory([&] {
    mappings_.reserve(mappings_.size() + 1);
    table = &table_of_process(process_of_thread());
    mapping.set_start(table->reserve(mapping));
  });
  if (status.ok()) mappings_.insert(first_behind(mapping.start()), &mapping);
  if (!status.ok() || mapping.backing() != HoleBacking::kernel_zero) return status;
  const PageRange range = mapping.range();
  const uint64_t shown = std::clamp(pages_in_file, range.pgoff, range.end());
  status = insert(mapping, {range.pgoff, shown - range.pgoff}, {});
  if (!status.ok()) {
    std::erase(mappings_, &mapping);
    table->give_back(mapping.start());
    return status;
  }
  mapping.set_bare_from(shown);
  return {};
}

std::vector<Mapping*>::const_iterator SimulatedAddressSpace::first_behind(
    uint64_t address) const noexcept {
  return std::upper_bound(
      mappings_.begin(), mappings_.end(), address,
      [](uint64_t wanted, const Mapping* other) { return wanted < other->end(); });
}

Mapping* SimulatedAddressSpace::acquire_mapping_from(uint64_t address) noexcept {
  const auto first = first_behind(address);
  if (first == mappings_.end()) return nullptr;
  (*first)->acquire();
  return *first;
}

uint64_t SimulatedAddressSpace::room() const noexcept {
  if (limit_.counters == nullptr) return limit_.max_kernel_mappings;
  const auto used = static_cast<uint64_t>(limit_.counters->level(Peak::kernel_mappings));
  return mapping_room(used, limit_.max_kernel_mappings);
}

void SimulatedAddressSpace::unmap(Mapping& mapping) {
  std::erase(mappings_, &mapping);
  mapping.wait_until_unused();
  table_of(mapping).give_back(mapping.start());
}

// Where an entry turns into memory: the only place.
Result<std::byte*> SimulatedAddressSpace::bytes_of(const ShownPage& page) const noexcept {
  switch (page.what) {
    case ShownPage::What::block:
      if (region_.is_poisoned(page.frame)) return ErrorCode::io_error;
      return region_.address_of(page.frame);
    case ShownPage::What::cached:
      return reinterpret_cast<std::byte*>(page.frame);
    case ShownPage::What::kernel_zero:
    case ShownPage::What::own_zero:
      break;
  }
  return const_cast<std::byte*>(zeros.data());  // read-only: nothing stores to it
}

Status SimulatedAddressSpace::fault(Mapping& mapping, uint64_t address, bool write) noexcept {
  mapping.acquire();
  const Status status = handler_->handle(mapping, address / page_bytes * page_bytes, write);
  mapping.release();
  return status;
}

Result<uint64_t> SimulatedAddressSpace::load(Mapping& mapping, uint64_t address) {
  check_process(address);
  for (uint32_t faults = 0;; ++faults) {
    if (faults > 0) before_repeating(StepKind::load, mapping, faults);
    if (const auto page = table_at(address).access(address, false)) {
      const Result<std::byte*> bytes = bytes_of(*page);
      if (!bytes.ok()) return bytes.code();
      return __atomic_load_n(word_at(bytes.value(), address), __ATOMIC_RELAXED);
    }
    if (Status status = fault(mapping, address, false); !status.ok()) return status;
  }
}

Status SimulatedAddressSpace::store(Mapping& mapping, uint64_t address, uint64_t value) {
  check_process(address);
  for (uint32_t faults = 0;; ++faults) {
    if (faults > 0) before_repeating(StepKind::store, mapping, faults);
    if (const auto page = table_at(address).access(address, true)) {
      const Result<std::byte*> bytes = bytes_of(*page);
      if (!bytes.ok()) return bytes.status();
      region_.persist().store_word_at_once(word_at(bytes.value(), address), value);
      return {};
    }
    if (Status status = fault(mapping, address, true); !status.ok()) return status;
  }
}

Status SimulatedAddressSpace::insert(Mapping& mapping, PageRange run, ShownPage first) noexcept {
  if (run.pages == 0) return {};
  return table_of(mapping).insert(mapping.address_of(run.pgoff), run.pages, first);
}

Status SimulatedAddressSpace::insert_kernel_zero(Mapping& mapping, PageRange run) noexcept {
  // The mmu engine cannot put the shared zero page where the page cache's memfd is mapped.
  if (mapping.backing() == HoleBacking::page_cache) return ErrorCode::unsupported;
  if (is_out_of_room(mapping, run, PageState::kernel_zero)) return ErrorCode::no_mappings;
  return insert(mapping, run, {});
}

Status SimulatedAddressSpace::insert_own_zero(Mapping& mapping, PageRange run) noexcept {
  if (is_out_of_room(mapping, run, PageState::own_zero)) return ErrorCode::no_mappings;
  return insert(mapping, run,
                {.what = ShownPage::What::own_zero, .frame = own_zero_frame(run.pgoff)});
}

// What is put in place is none: over ground that is there, and was made for it.
bool SimulatedAddressSpace::is_out_of_room(const Mapping& mapping, PageRange run,
                                           PageState state) const noexcept {
  const HoleBacking made_for =
      state == PageState::cached ? HoleBacking::page_cache : HoleBacking::trap;
  const bool in_place = (state == PageState::cached || state == PageState::kernel_zero) &&
                        mapping.backing() == made_for &&
                        mapping.entry(run.pgoff).state == PageState::backing;
  return !in_place && room() == 0;
}

// One by one, for they lie anywhere. What was inserted before an error goes again.
Status SimulatedAddressSpace::insert_cached(Mapping& mapping, PageRange run) noexcept {
  if (is_out_of_room(mapping, run, PageState::cached)) return ErrorCode::no_mappings;
  const PageCache& cache = mapping.file().cache;
  for (uint64_t pgoff = run.pgoff; pgoff < run.end(); ++pgoff) {
    const auto frame = reinterpret_cast<uint64_t>(cache.address_of(pgoff));
    Status status = insert(mapping, {pgoff, 1}, {.what = ShownPage::What::cached, .frame = frame});
    if (status.ok()) continue;
    if (pgoff > run.pgoff) {
      (void)table_of(mapping).remove(mapping.address_of(run.pgoff), pgoff - run.pgoff);
    }
    return status;
  }
  return {};
}

Status SimulatedAddressSpace::insert_blocks(Mapping& mapping, PageRange run, uint64_t first_block,
                                            bool writable) noexcept {
  const PageState state = writable ? PageState::block_rw : PageState::block_ro;
  if (is_out_of_room(mapping, run, state)) return ErrorCode::no_mappings;
  return insert(mapping, run,
                {.what = ShownPage::What::block, .writable = writable, .frame = first_block});
}

Status SimulatedAddressSpace::remove(Mapping& mapping, PageRange run) noexcept {
  if (run.pages == 0) return {};
  Status status = table_of(mapping).remove(mapping.address_of(run.pgoff), run.pages);
  if (!status.ok()) return status;
  uint64_t pgoff = run.pgoff;
  while (pgoff < run.end()) {
    const PageState before = mapping.entry(pgoff).state;
    const uint64_t pages = mapping.run_of_equal_states({pgoff, run.end() - pgoff});
    const PageState after = state_without(mapping, before);
    if (after != before) mapping.set_entries({pgoff, pages}, {after, 0});
    pgoff += pages;
  }
  return {};
}

Status SimulatedAddressSpace::clear(Mapping& mapping, PageRange run) noexcept {
  Status status = table_of(mapping).remove(mapping.address_of(run.pgoff), run.pages);
  if (!status.ok()) return status;
  const bool kernel_serves = mapping.backing() == HoleBacking::kernel_zero;
  mapping.set_entries(run, {kernel_serves ? PageState::none : PageState::backing, 0});
  return {};
}

std::optional<ShownPage> SimulatedAddressSpace::shown_at(const Mapping& mapping,
                                                         uint64_t pgoff) const {
  return table_of(mapping).look(mapping.address_of(pgoff));
}

}  // namespace daxlab
