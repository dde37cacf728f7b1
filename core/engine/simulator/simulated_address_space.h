// The engine without a processor: a page table in software for each simulated process, walked by
// every load and store, which take a fault by calling the handler.
//
// Modelled: entries of 4 KiB and 2 MiB; present, writable, accessed, dirty; what each shows. It is
// apart from what the core believes (the mappings' entries): an unmap that is forgotten leaves the
// old page visible, as a processor would. Where the backing is `kernel_zero`, the "kernel" has
// filled in its zeros when the mapping was made. A page of the cache that was given back may be
// seen with another page's bytes.
//
// Not modelled: a TLB (taking a page out reaches every processor in that one step) and caches. A
// load or store, from the walk to the word, is one step. Only one real thread at a time may use it;
// simulated threads give way nowhere inside it but in the handler.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/dax/address_space.h"
#include "core/engine/simulator/simulated_page_table.h"
#include "core/region/region.h"

namespace daxlab {

// How many mappings the simulated kernel gives the lab whose counters these are.
struct LimitedMappings {
  const Counters* counters = nullptr;  // nullptr: as many as are wanted
  uint64_t max_kernel_mappings = UINT64_MAX;
};

class SimulatedAddressSpace final : public AddressSpace {
 public:
  static constexpr uint32_t max_processes = 255;

  // The region and the counters outlive it.
  explicit SimulatedAddressSpace(Region& region, LimitedMappings limit = {})
      : region_(region), limit_(limit) {}

  const char* fault_delivery() const override { return "simulated"; }
  HoleBacking backing_for(HoleBacking wanted) const override { return wanted; }
  void set_fault_handler(FaultHandler& handler) override { handler_ = &handler; }
  std::unique_ptr<PageCache> make_page_cache(Counters& counters) const override;

  // The mapping is of the simulated process of the thread that calls, 0 without a schedule.
  // Simulated threads of other processes must not load or store through it: the program is wrong,
  // and ends with a message. Threads without a schedule may.
  Status map(Mapping& mapping, uint64_t pages_in_file) override;
  void unmap(Mapping& mapping) override;
  std::byte* raw(const Mapping&) const override { return nullptr; }
  bool shows(const void*, uint64_t) noexcept override { return false; }  // no memory is a mapping's
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
  // No entry is ever lost here, so a page that is present is shown.
  Status show_again(Mapping&, uint64_t) noexcept override { return {}; }

  // What the page table of the mapping's process has for a page of the file; nullopt: nothing.
  std::optional<ShownPage> shown_at(const Mapping& mapping, uint64_t pgoff) const;
  // Calls visit(process, mapping, entry) for every entry of every process.
  template <class Visit>
  void for_each_entry(Visit visit) const {
    for (uint32_t process = 0; process < tables_.size(); ++process) {
      if (tables_[process] == nullptr) continue;
      tables_[process]->for_each_entry([&](const Mapping& mapping, const PageTableEntry& entry) {
        visit(process, mapping, entry);
      });
    }
  }
  // The first page of which the page tables show something else than the core believes (the
  // mappings' entries), in words. While nobody changes anything.
  std::optional<std::string> difference_from_entries() const;

 private:
  SimulatedPageTable& table_at(uint64_t address) const { return *tables_[address >> 56]; }
  SimulatedPageTable& table_of(const Mapping& mapping) const { return table_at(mapping.start()); }
  SimulatedPageTable& table_of_process(uint32_t process);
  Result<std::byte*> bytes_of(const ShownPage& page) const noexcept;
  Status fault(Mapping& mapping, uint64_t address, bool write) noexcept;
  Status insert(Mapping& mapping, PageRange run, ShownPage first) noexcept;
  std::vector<Mapping*>::const_iterator first_behind(uint64_t address) const noexcept;
  // Whether an insertion there would be a kernel mapping more, for which there is no room.
  bool is_out_of_room(const Mapping& mapping, PageRange run, PageState state) const noexcept;

  Region& region_;
  const LimitedMappings limit_;
  FaultHandler* handler_ = nullptr;
  std::vector<std::unique_ptr<SimulatedPageTable>> tables_;  // by process
  std::vector<Mapping*> mappings_;                           // by start address
};

}  // namespace daxlab
