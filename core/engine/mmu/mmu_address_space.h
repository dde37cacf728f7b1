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
#include "core/engine/mmu/hole_trap.h"
#include "core/engine/mmu/spare_mappings.h"
#include "core/region/region.h"
#include "core/sync/sync.h"

namespace daxlab {

class MmuAddressSpace final : public AddressSpace, private FaultTarget {
 public:
  // Installs signal handlers for SIGSEGV and SIGBUS at first use in the process; faults at other
  // addresses go to the handlers that were there before. Region and zero pages outlive it.
  static ErrorOr<std::unique_ptr<MmuAddressSpace>> create(Region& region, ZeroPages& zero_pages,
                                                          const Counters& counters,
                                                          uint64_t max_kernel_mappings);
  ~MmuAddressSpace() override;

  const char* fault_delivery() const override { return trap_->delivery(); }
  HoleBacking backing_for(HoleBacking wanted) const override;
  std::unique_ptr<PageCache> make_page_cache(Counters& counters) const override;
  void set_fault_handler(FaultHandler& handler) override { handler_ = &handler; }
  Status map(Mapping& mapping, uint64_t pages_in_file) override;
  void unmap(Mapping& mapping) override;
  std::byte* raw(const Mapping& mapping) const override;
  bool shows(const void* start, uint64_t length_bytes) noexcept override;
  Result<uint64_t> load(Mapping& mapping, uint64_t address) override;
  Status store(Mapping& mapping, uint64_t address, uint64_t value) override;

  Status insert_kernel_zero(Mapping& mapping, PageRange run) noexcept override;
  Status insert_own_zero(Mapping& mapping, PageRange run) noexcept override;
  Status insert_cached(Mapping& mapping, PageRange run) noexcept override;
  Status insert_blocks(Mapping& mapping, PageRange run, uint64_t first_block,
                       bool writable) noexcept override;
  Status remove(Mapping& mapping, PageRange run) noexcept override;
  uint64_t room() const noexcept override;
  Status clear(Mapping& mapping, PageRange run) noexcept override;
  Mapping* acquire_mapping_from(uint64_t address) noexcept override;
  Status show_again(Mapping& mapping, uint64_t pgoff) noexcept override;

 private:
  MmuAddressSpace(std::unique_ptr<HoleTrap> trap, Region& region, ZeroPages& zero_pages,
                  const Counters& counters, uint64_t max_kernel_mappings);

  // FaultTarget
  Delivery deliver(uint64_t address, bool write) noexcept override;
  void before_fork() noexcept override { mappings_lock_.lock(); }
  void after_fork(bool in_child) noexcept override;

  Status list(Mapping& mapping);
  Mapping* acquire_mapping_at(uint64_t address) noexcept;
  bool shows_bad_block(Mapping& mapping, uint64_t address) const noexcept;

  // addresses.cc
  struct Addresses {
    uint64_t start, length_bytes;
  };
  // With the page behind its end.
  static Addresses all_of(const Mapping& mapping);
  Status reserve_addresses(Mapping& mapping);
  void give_back_addresses(Addresses addresses) noexcept;
  void give_back_leftovers() noexcept;

  // The insertions, whether there is room or not. Of what was refused half-way nothing is left.
  Status put_kernel_zero(Mapping& mapping, PageRange run) noexcept;
  Status put_own_zero(Mapping& mapping, PageRange run) noexcept;
  Status put_cached(Mapping& mapping, PageRange run) noexcept;
  Status put_blocks(Mapping& mapping, PageRange run, uint64_t first_block, bool writable) noexcept;

  // hole_backing.cc
  Status back(Mapping& mapping, uint64_t pages_in_file);
  // Lets the kernel serve zeros under addresses without access.
  Status serve_zeros(const Mapping& mapping, PageRange run) noexcept;
  // Whether there may be anything else than the backing under absent pages of the run.
  static bool is_bare(const Mapping& mapping, PageRange run);
  // Makes bare pages of a trap or page_cache mapping armed holes again.
  Status rearm(Mapping& mapping, PageRange run) noexcept;
  // Arms the backing under addresses without access, and then lets reads through to it.
  Status arm(const Mapping& mapping, PageRange run) noexcept;

  // removal.cc. How a page is taken out: it is out already; its page is dropped and the backing
  // stays armed; or the addresses are replaced by some without access.
  enum class Removal { nothing, drop, replace };
  static Removal removal_of(const Mapping& mapping, uint64_t pgoff);
  Status take_out(Mapping& mapping, PageRange run, Removal removal) noexcept;
  // Passes the status of an insertion on. If that was refused, what it did before is taken out:
  // what entries do not know of, nobody would take down for a block.
  Status all_or_none(Mapping& mapping, PageRange run, Removal removal, Status status) noexcept;
  // Addresses without access in place of the run.
  Status bare(Mapping& mapping, PageRange run) noexcept;
  PageEntry bare_entry(const Mapping& mapping) const;
  Status hide(Mapping& mapping, PageRange run) noexcept;

  std::unique_ptr<HoleTrap> trap_;
  Region& region_;
  ZeroPages& zero_pages_;
  const Counters& counters_;
  const bool huge_zero_pages_;
  const uint64_t max_kernel_mappings_;
  SpareMappings spare_;
  FaultHandler* handler_ = nullptr;
  bool abandoned_ = false;  // in a child after fork
  // By start address. Shared to look up, exclusive to change.
  RwLock mappings_lock_;
  std::vector<Mapping*> mappings_;
  std::atomic<uint64_t> guards_{0};  // one behind each: kernel mappings that no entry counts
  std::vector<Addresses>
      leftovers_;  // that the kernel would not take back yet; under the same lock
};

}  // namespace daxlab
