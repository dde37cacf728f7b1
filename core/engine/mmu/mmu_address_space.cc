#include "core/engine/mmu/mmu_address_space.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <mutex>
#include <new>

#include "core/base/bus_error.h"
#include "core/base/kernel_settings.h"
#include "core/base/no_memory.h"
#include "core/dax/mapping_room.h"
#include "core/dax/shared_file.h"
#include "core/engine/mmu/kernel_mapping.h"
#include "core/engine/mmu/memfd_page_cache.h"

namespace daxlab {
namespace {

// Why this thread's last access got a bus error, for load() and store().
constinit thread_local ErrorCode last_bus_error __attribute__((tls_model("initial-exec"))) =
    ErrorCode::io_error;

}  // namespace

ErrorOr<std::unique_ptr<MmuAddressSpace>> MmuAddressSpace::create(Region& region,
                                                                  ZeroPages& zero_pages,
                                                                  const Counters& counters,
                                                                  uint64_t max_kernel_mappings) {
  if (region.descriptor() < 0) {
    return Error{
        "the mmu engine maps a region's blocks again elsewhere, which this medium does not "
        "allow (it has no descriptor); use the simulator"};
  }
  auto trap = HoleTrap::open();
  if (!trap.ok()) return trap.error();
  install_fault_handlers();  // first: ours pass on to them
  std::unique_ptr<MmuAddressSpace> space(
      new MmuAddressSpace(trap.take(), region, zero_pages, counters, max_kernel_mappings));
  if (auto error = add_fault_target(*space)) return *error;
  return space;
}

MmuAddressSpace::MmuAddressSpace(std::unique_ptr<HoleTrap> trap, Region& region,
                                 ZeroPages& zero_pages, const Counters& counters,
                                 uint64_t max_kernel_mappings)
    : trap_(std::move(trap)),
      region_(region),
      zero_pages_(zero_pages),
      counters_(counters),
      huge_zero_pages_(kernel_has_huge_zero_page()),
      max_kernel_mappings_(max_kernel_mappings),
      spare_(zero_pages.own_descriptor) {
  spare_.keep();
}

MmuAddressSpace::~MmuAddressSpace() {
  remove_fault_target(*this);
  give_back_leftovers();
}

uint64_t MmuAddressSpace::room() const noexcept {
  const auto counted = static_cast<uint64_t>(counters_.level(Peak::kernel_mappings));
  return mapping_room(counted + guards_.load(), max_kernel_mappings_);
}

// Without userfaultfd, pages of the cache cannot be mapped and still fault.
HoleBacking MmuAddressSpace::backing_for(HoleBacking wanted) const {
  bool cannot = trap_->by_access() && wanted == HoleBacking::page_cache;
  return cannot ? HoleBacking::trap : wanted;
}

std::unique_ptr<PageCache> MmuAddressSpace::make_page_cache(Counters& counters) const {
  return std::make_unique<MemfdPageCache>(counters);
}

Status MmuAddressSpace::map(Mapping& mapping, uint64_t pages_in_file) {
  if (abandoned_)
    return ErrorCode::unsupported;  // our userfaultfd would arm addresses of the parent
  if (room() == 0) return ErrorCode::no_mappings;
  give_back_leftovers();
  if (Status status = reserve_addresses(mapping); !status.ok()) return status;
  if (trap_->by_access()) mapping.set_zeros_apart();
  Status status = back(mapping, pages_in_file);
  if (status.ok()) status = list(mapping);
  if (!status.ok()) give_back_addresses(all_of(mapping));
  return status;
}

Status MmuAddressSpace::list(Mapping& mapping) {
  std::lock_guard guard(mappings_lock_);
  auto after =
      std::upper_bound(mappings_.begin(), mappings_.end(), mapping.start(),
                       [](uint64_t start, const Mapping* other) { return start < other->start(); });
  Status status = or_no_memory([&] { mappings_.insert(after, &mapping); });
  if (status.ok()) guards_.fetch_add(1);
  return status;
}

void MmuAddressSpace::unmap(Mapping& mapping) {
  {
    std::lock_guard guard(mappings_lock_);
    std::erase(mappings_, &mapping);
  }
  mapping.wait_until_unused();
  give_back_addresses(all_of(mapping));
  guards_.fetch_sub(1);
}

std::byte* MmuAddressSpace::raw(const Mapping& mapping) const {
  return static_cast<std::byte*>(pointer(mapping.start()));
}

// Without a mapping in the lab it costs no lock that threads would share.
bool MmuAddressSpace::shows(const void* start, uint64_t length_bytes) noexcept {
  if (guards_.load(std::memory_order_relaxed) == 0) return false;
  const auto first = reinterpret_cast<uint64_t>(start);
  mappings_lock_.lock_shared();
  auto behind =
      std::lower_bound(mappings_.begin(), mappings_.end(), first + length_bytes,
                       [](const Mapping* other, uint64_t end) { return other->start() < end; });
  const bool shown = behind != mappings_.begin() && (*(behind - 1))->end() > first;
  mappings_lock_.unlock_shared();
  return shown;
}

Result<uint64_t> MmuAddressSpace::load(Mapping&, uint64_t address) {
  uint64_t value = 0;
  bool loaded = survives_bus_error(
      [&] { value = __atomic_load_n(static_cast<uint64_t*>(pointer(address)), __ATOMIC_RELAXED); });
  if (!loaded) return last_bus_error;
  return value;
}

Status MmuAddressSpace::store(Mapping&, uint64_t address, uint64_t value) {
  bool stored = survives_bus_error(
      [&] { __atomic_store_n(static_cast<uint64_t*>(pointer(address)), value, __ATOMIC_RELAXED); });
  return stored ? Status{} : Status{last_bus_error};
}

Mapping* MmuAddressSpace::acquire_mapping_at(uint64_t address) noexcept {
  Mapping* found = acquire_mapping_from(address);
  if (found == nullptr || address >= found->start()) return found;
  found->release();
  return nullptr;
}

Mapping* MmuAddressSpace::acquire_mapping_from(uint64_t address) noexcept {
  mappings_lock_.lock_shared();
  auto first =
      std::upper_bound(mappings_.begin(), mappings_.end(), address,
                       [](uint64_t wanted, const Mapping* other) { return wanted < other->end(); });
  Mapping* found = first == mappings_.end() ? nullptr : *first;
  if (found != nullptr) found->acquire();
  mappings_lock_.unlock_shared();
  return found;
}

Delivery MmuAddressSpace::deliver(uint64_t address, bool write) noexcept {
  Mapping* mapping = acquire_mapping_at(address);
  if (mapping == nullptr) return Delivery::not_mine;
  Status status = ErrorCode::unsupported;
  if (abandoned_) {
    constexpr char message[] =
        "daxlab: a child after fork touched a mapping of its parent; open a region of its own "
        "there\n";
    [[maybe_unused]] ssize_t written = ::write(STDERR_FILENO, message, sizeof message - 1);
  } else {
    status = handler_->handle(*mapping, address & ~(page_bytes - 1), write);
  }
  const bool lost = status.code() == ErrorCode::io_error && shows_bad_block(*mapping, address);
  mapping->release();
  if (status.ok()) return Delivery::resolved;
  last_bus_error = status.code();
  return lost ? Delivery::lost : Delivery::bus_error;
}

bool MmuAddressSpace::shows_bad_block(Mapping& mapping, uint64_t address) const noexcept {
  if (region_.bad_blocks().empty()) return false;
  SharedFile& file = mapping.file();
  file.invalidate_lock.lock_shared();
  const bool bad =
      region_.is_poisoned(file.map.find(mapping.pgoff_of(address & ~(page_bytes - 1))));
  file.invalidate_lock.unlock_shared();
  return bad;
}

void MmuAddressSpace::after_fork(bool in_child) noexcept {
  if (in_child) {
    abandoned_ = true;
    for (Mapping* mapping : mappings_) {
      Status status = map_no_access(*mapping, mapping->range());
      // Rather no addresses at all than zeros from nowhere.
      if (!status.ok()) munmap(pointer(mapping->start()), mapping->range().pages * page_bytes);
    }
  }
  if (in_child) {
    new (&mappings_lock_) RwLock;  // threads that waited for it are not in the child
  } else {
    mappings_lock_.unlock();
  }
}

Status MmuAddressSpace::insert_kernel_zero(Mapping& mapping, PageRange run) noexcept {
  bool splits = is_bare(mapping, run) || trap_->by_access();
  if (splits && room() == 0) return ErrorCode::no_mappings;
  return put_kernel_zero(mapping, run);
}

Status MmuAddressSpace::put_kernel_zero(Mapping& mapping, PageRange run) noexcept {
  switch (mapping.backing()) {
    case HoleBacking::page_cache:
      return ErrorCode::unsupported;  // shared memory has no zero page
    case HoleBacking::kernel_zero:
      if (!is_bare(mapping, run)) return {};
      return all_or_none(mapping, run, Removal::replace, serve_zeros(mapping, run));
    case HoleBacking::trap:
      break;
  }
  if (Status status = rearm(mapping, run); !status.ok()) return status;
  return all_or_none(mapping, run, Removal::drop,
                     trap_->insert_zero(mapping.address_of(run.pgoff), run.pages * page_bytes));
}

Status MmuAddressSpace::insert_own_zero(Mapping& mapping, PageRange run) noexcept {
  return room() > 0 ? put_own_zero(mapping, run) : ErrorCode::no_mappings;
}

// Each offset has its own page of the 512, so that neighbours become one kernel mapping.
Status MmuAddressSpace::put_own_zero(Mapping& mapping, PageRange run) noexcept {
  return map_over(mapping, run, PROT_READ, MAP_SHARED | MAP_POPULATE, zero_pages_.own_descriptor,
                  own_zero_frame(run.pgoff) * page_bytes);
}

Status MmuAddressSpace::insert_cached(Mapping& mapping, PageRange run) noexcept {
  bool splits = is_bare(mapping, run) || mapping.backing() != HoleBacking::page_cache;
  if (splits && room() == 0) return ErrorCode::no_mappings;
  return put_cached(mapping, run);
}

// Pages get their memory before they are mapped, since MAP_POPULATE does not say when there is
// none, and the kernel would go on trying at each touch.
Status MmuAddressSpace::put_cached(Mapping& mapping, PageRange run) noexcept {
  if (mapping.backing() == HoleBacking::page_cache) {
    if (Status status = rearm(mapping, run); !status.ok()) return status;
    return all_or_none(mapping, run, Removal::drop,
                       trap_->insert_shared(mapping.address_of(run.pgoff), run.pages * page_bytes));
  }
  MemfdPageCache& cache = memfd_page_cache_of(mapping);
  if (Status status = cache.fill(run); !status.ok()) return status;
  return map_over(mapping, run, PROT_READ, MAP_SHARED | MAP_POPULATE, cache.descriptor(),
                  run.pgoff * page_bytes);
}

Status MmuAddressSpace::insert_blocks(Mapping& mapping, PageRange run, uint64_t first_block,
                                      bool writable) noexcept {
  return room() > 0 ? put_blocks(mapping, run, first_block, writable) : ErrorCode::no_mappings;
}

Status MmuAddressSpace::put_blocks(Mapping& mapping, PageRange run, uint64_t first_block,
                                   bool writable) noexcept {
  int protection = writable ? PROT_READ | PROT_WRITE : PROT_READ;
  return map_over(mapping, run, protection, region_.map_flags() | MAP_POPULATE,
                  region_.descriptor(), first_block * block_bytes);
}

Status MmuAddressSpace::show_again(Mapping& mapping, uint64_t pgoff) noexcept {
  PageRange page{pgoff, 1};
  PageEntry entry = mapping.entry(pgoff);
  bool in_place =
      entry.state == PageState::kernel_zero ||
      (entry.state == PageState::cached && mapping.backing() == HoleBacking::page_cache);
  if (!in_place && !mapping.disturbed()) return {};
  Status status;
  switch (entry.state) {
    case PageState::backing:
    case PageState::none:
      return {};
    case PageState::kernel_zero:
      status = put_kernel_zero(mapping, page);
      break;
    case PageState::own_zero:
      status = put_own_zero(mapping, page);
      break;
    case PageState::cached:
      status = put_cached(mapping, page);
      break;
    case PageState::block_ro:
    case PageState::block_rw:
      status = put_blocks(mapping, page, entry.frame, entry.state == PageState::block_rw);
      break;
  }
  if (status.ok()) mapping.set_entries(page, entry);
  return status;
}

}  // namespace daxlab
