// The processor's page table: real addresses, real faults, taken by the thread that made the
// access.
//
// Holes are PROT_READ throughout, so that a store always faults: protecting a zero page after it
// was inserted writable would let the kernel copy it privately in between, and that store would be
// lost.
#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include "core/base/error_or.h"
#include "core/dax/address_space.h"
#include "core/dax/page.h"
#include "core/engine/mmu/fault_delivery.h"
#include "core/engine/mmu/userfault_door.h"
#include "core/region/region.h"
#include "core/sync/sync.h"

namespace daxlab {

class MmuAddressSpace final : public AddressSpace, private FaultTarget {
 public:
  // Installs signal handlers for SIGSEGV and SIGBUS at first use in the process; faults at other
  // addresses go to the handlers that were there before. Region and zero pages outlive it.
  static ErrorOr<std::unique_ptr<MmuAddressSpace>> create(Region& region, ZeroPages& zero_pages,
                                                          const Counters& counters);
  ~MmuAddressSpace() override;

  void set_fault_handler(FaultHandler& handler) override { handler_ = &handler; }
  Status map(Mapping& mapping, uint64_t pages_in_file) override;
  void unmap(Mapping& mapping) override;
  std::byte* raw(const Mapping& mapping) const override;
  Result<uint64_t> load(Mapping& mapping, uint64_t address) override;
  Status store(Mapping& mapping, uint64_t address, uint64_t value) override;

  Status insert_kernel_zero(Mapping& mapping, PageRange run) noexcept override;
  Status insert_own_zero(Mapping& mapping, PageRange run) noexcept override;
  Status insert_cached(Mapping& mapping, PageRange run) noexcept override;
  Status insert_blocks(Mapping& mapping, PageRange run, uint64_t first_block,
                       bool writable) noexcept override;
  Status remove(Mapping& mapping, PageRange run) noexcept override;

 private:
  MmuAddressSpace(UserfaultDoor door, Region& region, ZeroPages& zero_pages,
                  const Counters& counters);

  // FaultTarget
  Delivery deliver(uint64_t address, bool write) noexcept override;
  void before_fork() noexcept override { mappings_lock_.lock(); }
  void after_fork(bool in_child) noexcept override;

  Mapping* acquire_mapping_at(uint64_t address) noexcept;
  // hole_backing.cc
  Status reserve_addresses(Mapping& mapping);
  Status back(Mapping& mapping, uint64_t pages_in_file);
  // Lets the kernel serve zeros under addresses without access.
  Status serve_zeros(const Mapping& mapping, PageRange run) noexcept;
  // Makes `none` pages of a trap or page_cache mapping armed holes again.
  Status rearm(Mapping& mapping, PageRange run) noexcept;
  // Arms the backing under addresses without access, and then lets reads through to it.
  Status arm(const Mapping& mapping, PageRange run) noexcept;
  // How a page is taken out: it is out already; its page is dropped and the backing stays armed; or
  // the addresses are replaced by some without access.
  enum class Removal { nothing, drop, replace };
  static Removal removal_of(const Mapping& mapping, uint64_t pgoff);
  static Status take_out(Mapping& mapping, PageRange run, Removal removal) noexcept;
  bool room_for_kernel_mappings() const noexcept;

  UserfaultDoor door_;
  Region& region_;
  ZeroPages& zero_pages_;
  const Counters& counters_;
  const bool huge_zero_pages_;
  const uint64_t max_kernel_mappings_;
  FaultHandler* handler_ = nullptr;
  bool abandoned_ = false;  // in a child after fork
  // By start address. Shared to look up, exclusive to change.
  RwLock mappings_lock_;
  std::vector<Mapping*> mappings_;
};

}  // namespace daxlab
