// The page table of one simulated process, as a processor would walk it: entries of 4 KiB and of
// 2 MiB, of which nobody but the engine knows. What the core forgets to take out stays visible
// here.
//
// Two levels: a slot for each 2 MiB of a mapping's addresses, which holds one entry for all of
// them, or leads to 512 entries of 4 KiB. One real thread at a time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/dax/mapping.h"
#include "daxlab/status.h"
#include "daxlab/types.h"

namespace daxlab {

// What a present entry shows.
struct ShownPage {
  enum class What : uint8_t { kernel_zero, own_zero, cached, block };
  What what = What::kernel_zero;
  bool writable = false;
  bool accessed = false;  // since it was inserted; of an entry of 2 MiB: any of its pages
  bool dirty = false;     // stored to, likewise
  // block: its number. own_zero: which of the page's copies. cached: the address of its bytes, see
  // SimulatedPageCache.
  uint64_t frame = 0;

  // What lies so many pages behind it.
  ShownPage after(uint64_t pages) const {
    ShownPage page = *this;
    if (what == What::block || what == What::own_zero) page.frame += pages;
    return page;
  }
  friend bool operator==(const ShownPage&, const ShownPage&) = default;
};
std::string to_text(const ShownPage& page);  // "block 17, writable, dirty"

struct PageTableEntry {
  uint64_t address = 0;
  uint64_t pages = 1;  // or 512
  ShownPage shows;     // at its first page
};

class SimulatedPageTable {
 public:
  // Addresses go up from there and are never used twice.
  explicit SimulatedPageTable(uint64_t first_address) : next_address_(first_address) {}

  // Addresses for the mapping, nothing shown there; congruent modulo 2 MiB to
  // what it says. Throws std::bad_alloc.
  uint64_t reserve(const Mapping& mapping);
  void give_back(uint64_t start);

  // A load or store at the address: what it meets, and the entry now says that it came by. nullopt:
  // absent or read-only, a fault.
  std::optional<ShownPage> access(uint64_t address, bool write) noexcept {
    Part& part = part_at(address);
    Slot& slot = part.slot_at(address);
    if (slot.huge != 0) return access(slot.huge, address / page_bytes % max_fault_pages, write);
    if (slot.pages == nullptr) return std::nullopt;
    return access((*slot.pages)[address / page_bytes % max_fault_pages], 0, write);
  }
  // The same without a trace in the entry; nullopt: absent.
  std::optional<ShownPage> look(uint64_t address) const noexcept;

  // Pages of one mapping show these frames from now on, whatever was there: by entries of 2 MiB
  // where addresses and frames allow it. no_memory: nothing has changed.
  Status insert(uint64_t address, uint64_t pages, ShownPage first) noexcept;
  // Nothing is shown there any more. no_memory (an entry of 2 MiB is taken apart): as above.
  Status remove(uint64_t address, uint64_t pages) noexcept;

  // Calls visit(mapping, entry) for each present entry, by address.
  template <class Visit>
  void for_each_entry(Visit visit) const {
    for (const Part& part : parts_) {
      for (size_t i = 0; i < part.slots.size(); ++i) {
        const uint64_t start = part.first_slot_address() + i * slot_bytes;
        for_each_entry(part.slots[i], start,
                       [&](const PageTableEntry& entry) { visit(*part.mapping, entry); });
      }
    }
  }
  // Calls visit(mapping) for each mapping that has addresses here.
  template <class Visit>
  void for_each_mapping(Visit visit) const {
    for (const Part& part : parts_) visit(*part.mapping);
  }

 private:
  static constexpr uint64_t slot_bytes = max_fault_pages * page_bytes;
  // A word for each entry; 0: absent.
  static constexpr uint64_t present = 1, writable = 2, accessed = 4, dirty = 8;
  static constexpr uint64_t what_shift = 4, frame_shift = 8;
  using Pages = std::array<uint64_t, max_fault_pages>;

  struct Slot {
    uint64_t huge = 0;  // present: all of it, and `pages` say nothing
    std::unique_ptr<Pages> pages;
  };
  // Of one mapping.
  struct Part {
    uint64_t start, end;
    const Mapping* mapping;
    std::vector<Slot> slots;
    uint64_t first_slot_address() const { return start / slot_bytes * slot_bytes; }
    Slot& slot_at(uint64_t address) { return slots[address / slot_bytes - start / slot_bytes]; }
  };

  static uint64_t encode(const ShownPage& page) noexcept {
    return present | (page.writable ? writable : 0) | (page.accessed ? accessed : 0) |
           (page.dirty ? dirty : 0) | static_cast<uint64_t>(page.what) << what_shift |
           page.frame << frame_shift;
  }
  static ShownPage decode(uint64_t word) noexcept {
    return {.what = static_cast<ShownPage::What>(word >> what_shift & 3),
            .writable = (word & writable) != 0,
            .accessed = (word & accessed) != 0,
            .dirty = (word & dirty) != 0,
            .frame = word >> frame_shift};
  }
  static std::optional<ShownPage> access(uint64_t& word, uint64_t pages_behind,
                                         bool write) noexcept {
    const uint64_t needed = write ? present | writable : present;
    if ((word & needed) != needed) return std::nullopt;
    word |= write ? accessed | dirty : accessed;
    return decode(word).after(pages_behind);
  }
  template <class Visit>
  static void for_each_entry(const Slot& slot, uint64_t start, Visit visit) {
    if (slot.huge != 0) {
      visit(PageTableEntry{start, max_fault_pages, decode(slot.huge)});
    } else if (slot.pages != nullptr) {
      for (uint64_t i = 0; i < max_fault_pages; ++i) {
        const uint64_t word = (*slot.pages)[i];
        if (word != 0) visit(PageTableEntry{start + i * page_bytes, 1, decode(word)});
      }
    }
  }

  Part& part_at(uint64_t address) noexcept {
    if (last_ < parts_.size() && address >= parts_[last_].start && address < parts_[last_].end) {
      return parts_[last_];
    }
    return search(address);
  }
  Part& search(uint64_t address) noexcept;
  static bool fits_huge(uint64_t address, uint64_t pages, const ShownPage& first) noexcept;
  static Status make_pages(Slot& slot) noexcept;

  std::vector<Part> parts_;  // by address
  size_t last_ = 0;          // where the latest access went
  uint64_t next_address_;
};

}  // namespace daxlab
