// The simulator's page table: the mappings' own entries and nothing else. Loads and stores look at
// them as a processor would, and take a fault by calling the handler. One thread, for now.
#pragma once

#include <atomic>

#include "core/dax/address_space.h"
#include "core/region/region.h"

namespace daxlab {

class SimulatedAddressSpace final : public AddressSpace {
 public:
  // The region outlives it.
  explicit SimulatedAddressSpace(Region& region) : region_(region) {}

  const char* fault_delivery() const override { return "simulated"; }
  HoleBacking backing_for(HoleBacking wanted) const override { return wanted; }
  void set_fault_handler(FaultHandler& handler) override { handler_ = &handler; }
  Status map(Mapping& mapping, uint64_t pages_in_file) override;
  void unmap(Mapping& mapping) override { mapping.wait_until_unused(); }
  std::byte* raw(const Mapping&) const override { return nullptr; }
  Result<uint64_t> load(Mapping& mapping, uint64_t address) override;
  Status store(Mapping& mapping, uint64_t address, uint64_t value) override;

  Status insert_kernel_zero(Mapping& mapping, PageRange run) noexcept override;
  Status insert_own_zero(Mapping& mapping, PageRange run) noexcept override;
  Status insert_cached(Mapping& mapping, PageRange run) noexcept override;
  Status insert_blocks(Mapping& mapping, PageRange run, uint64_t first_block,
                       bool writable) noexcept override;
  Status remove(Mapping& mapping, PageRange run) noexcept override;
  bool has_room() const noexcept override { return true; }
  Status remove_all(Mapping& mapping) noexcept override { return remove(mapping, mapping.range()); }
  Status show_again(Mapping&, uint64_t) noexcept override { return {}; }

 private:
  bool kernel_serves(const Mapping& mapping, PageEntry entry) const;

  Region& region_;
  FaultHandler* handler_ = nullptr;
  std::atomic<uint64_t> next_address_{uint64_t{1} << 40};
};

}  // namespace daxlab
