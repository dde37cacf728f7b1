// One mapping of a file, with what the core put at each of its pages: what it believes. The engine
// keeps the page table that accesses meet, the processor's or a simulated one, in step with it.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "core/base/counters.h"
#include "core/sync/sync.h"
#include "daxlab/fault.h"
#include "daxlab/status.h"
#include "daxlab/types.h"

namespace daxlab {

class SharedFile;

enum class PageState : uint8_t {
  backing,      // nothing inserted: the hole backing of the mapping is there
  none,         // no access at all: everything faults
  kernel_zero,  // the kernel's zero page, read-only
  own_zero,     // the strategies' own zero page, read-only; frame: which of its pages
  cached,       // the page cache's page of this offset, read-only
  block_ro,     // a block, frame: its number
  block_rw,
};

struct PageEntry {
  PageState state = PageState::backing;
  uint64_t frame = 0;
  bool present() const { return state >= PageState::kernel_zero; }
  bool is_block() const { return state >= PageState::block_ro; }
  PageEntry plus(uint64_t pages) const { return {state, frame + pages}; }
  friend bool operator==(const PageEntry&, const PageEntry&) = default;
};

class Mapping {
 public:
  // Of a page an entry with a frame, and a state without.
  static constexpr uint64_t table_bytes_of_a_page = sizeof(uint64_t) + sizeof(uint8_t);

  // no_memory. A block takes 8 bytes per page here, a zero page 1, of many as they are touched. Not
  // in a fault.
  static Result<std::unique_ptr<Mapping>> create(SharedFile& file, PageRange range,
                                                 HoleBacking backing, Counters& counters);
  ~Mapping();
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;

  SharedFile& file() const { return file_; }
  PageRange range() const { return range_; }
  HoleBacking backing() const { return backing_; }

  // Set by the address space before anybody can fault, each to one value: where the mapping is,
  // that zero pages inserted into a trap are kernel mappings of their own, and that its pages from
  // there on begin without access, which takes no entry of them.
  void set_start(uint64_t address) { start_ = address; }
  void set_zeros_apart() { zeros_apart_ = true; }
  void set_bare_from(uint64_t pgoff);
  // Before that, where it is to be modulo 2 MiB; else as its offset in the file is.
  void set_congruent_to(uint64_t address) { congruent_to_ = address % huge_bytes; }
  uint64_t congruent_to() const { return congruent_to_; }
  uint64_t start() const { return start_; }
  uint64_t end() const { return start_ + range_.pages * page_bytes; }
  uint64_t address_of(uint64_t pgoff) const { return start_ + (pgoff - range_.pgoff) * page_bytes; }
  uint64_t pgoff_of(uint64_t address) const {
    return range_.pgoff + (address - start_) / page_bytes;
  }
  // The part of a file range that this mapping shows; may be empty.
  PageRange clip(PageRange range) const;

  // Entries change under the page's lock only.
  PageEntry entry(uint64_t pgoff) const;
  // Pages of the range get `first`; entries with a frame count up from it. Keeps the count of
  // kernel mappings: neighbours that the kernel cannot merge are two.
  void set_entries(PageRange range, PageEntry first);
  // Length of the run from range.pgoff on whose states are equal.
  uint64_t run_of_equal_states(PageRange range) const;
  uint64_t kernel_mappings() const { return kernel_mappings_.load(std::memory_order_relaxed); }
  // Borders of kernel mappings in the range, with those at its ends. A hint while others change it.
  uint64_t boundaries(PageRange range) const;
  // Whether there might be fewer kernel mappings if the range were cleared. Waits for entries that
  // are being counted: where this says no, the counters have what has been cleared before.
  bool is_worth_clearing(PageRange range);

  // From now on access may have been taken from pages of which the entries say otherwise, and what
  // lies under absent ones may be anything: the engine lays the ground anew before it inserts, and
  // shows a present page again that is touched. Any thread, before access is taken.
  void disturb() { disturbed_.store(true); }
  bool disturbed() const { return disturbed_.load(std::memory_order_relaxed); }
  // All of the ground is new and every page absent. Nobody else changes the mapping meanwhile.
  void calm() { disturbed_.store(false); }

  // A verb in progress holds a reference: unmapping waits until there is none, or the addresses
  // could belong to a stranger by the time the verb maps something there.
  void acquire() { references_.fetch_add(1); }  // not once somebody waits below
  void release();
  void wait_until_unused();

 private:
  static constexpr uint64_t huge_bytes = max_fault_pages * page_bytes;

  Mapping(SharedFile& file, PageRange range, HoleBacking backing, Counters& counters);
  void set_entry(uint64_t pgoff, PageEntry wanted);
  bool merges(PageEntry left, PageEntry right) const;
  // Every page of the range is as AddressSpace::clear leaves it: absent, over ground that is whole.
  bool is_clear(PageRange range) const;

  SharedFile& file_;
  const PageRange range_;
  const HoleBacking backing_;
  Counters& counters_;
  uint64_t start_ = 0;
  uint64_t congruent_to_ = range_.pgoff * page_bytes % huge_bytes;
  bool zeros_apart_ = false;
  uint64_t bare_from_ = UINT64_MAX;
  std::atomic<bool> disturbed_{false};
  // Of each page: blocks and other states with a frame; 0: one without, in the second table, where
  // 0 is as the page began. Most pages over holes never touch the first, which is eight times as
  // large.
  std::atomic<uint64_t>* entries_ = nullptr;
  std::atomic<uint8_t>* states_ = nullptr;
  Mutex counting_;
  std::atomic<uint64_t> kernel_mappings_{1};
  std::atomic<uint32_t> references_{0};  // and a bit when somebody waits for the last to go
};

}  // namespace daxlab
