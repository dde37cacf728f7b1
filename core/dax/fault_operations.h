// FaultOps for one callback: locks pages as they are met, looks answers up, and checks each request
// of the strategy for safety: inside the mapping, blocks that this callback was given, pages it
// holds.
#pragma once

#include <array>

#include "core/dax/dax_parts.h"
#include "core/dax/page_locks.h"
#include "core/dax/page_table.h"
#include "core/dax/shared_file.h"
#include "daxlab/fault.h"

namespace daxlab {

// In a fault, in signal context, blocks come from BlockAllocator::allocate_in_fault.
enum class FaultContext { fault, call };

class FaultOperations final : public FaultOps {
 public:
  // `mapping` is the one that faulted, nullptr for before_fill and after_punch.
  FaultOperations(DaxParts& parts, SharedFile& file, Mapping* mapping, HeldPages& held,
                  FaultContext context);
  // Unlocks what lock_page locked.
  ~FaultOperations();

  bool holds_lock_of(const Page* page) const { return page != nullptr && locked_page_ == page; }
  // For a fault that failed half-way: takes the holes that got a block in it out of every mapping,
  // or some would go on showing zeros over it, and nobody would take them down for the next write.
  void take_down_filled() noexcept;
  // The last get_block_create found no space.
  bool ran_out_of_space() const { return ran_out_of_space_; }
  // Why the last insertion mapped less than it was asked to; ok when none did.
  Status refusal() const { return refusal_; }

  Extent find_block(PageRange range) noexcept override;
  Result<Extent> get_block_create(PageRange range) noexcept override;
  Page* find_or_create_page(uint64_t pgoff) noexcept override;
  void remove_pages(PageRange range) noexcept override;
  uint64_t reclaim_pages(uint64_t pages) noexcept override;
  uint64_t cached_pages() const noexcept override;
  Page* kernel_zero_page() noexcept override { return &parts_.zero_pages.kernel; }
  Page* own_zero_page() noexcept override { return &parts_.zero_pages.own; }
  uint64_t insert_page(uint64_t address, Page* page, uint64_t pages) noexcept override;
  uint64_t insert_block(uint64_t address, Extent extent, bool writable) noexcept override;
  void unmap_mapping_range(PageRange range) noexcept override;
  void unmap_other_mappings(PageRange range) noexcept override;
  void lock_page(Page* page) noexcept override;

 private:
  // The range cut at the end of the file and to what could be locked.
  PageRange lockable(PageRange range) noexcept;
  // The range cut to what could be locked, which may be past the end of the file.
  PageRange held_part(PageRange range) noexcept;
  bool known(const Page* page) const noexcept;
  // The run of this mapping from `address` on, cut likewise; empty after reporting an address
  // outside.
  PageRange run_at(uint64_t address, uint64_t pages) noexcept;
  Result<Extent> fill_hole(PageRange hole) noexcept;
  void grant(Extent extent) noexcept;
  bool granted(Extent extent) const noexcept;
  Extent before_bad_block(Extent extent) const noexcept;
  uint64_t count(Inserted inserted) noexcept;
  void report(const char* cause, uint64_t a = 0, uint64_t b = 0) noexcept;

  DaxParts& parts_;
  SharedFile& file_;
  Mapping* mapping_;
  HeldPages& held_;
  const FaultContext context_;
  Page* locked_page_ = nullptr;
  bool ran_out_of_space_ = false;
  Status refusal_;
  // Holes that got blocks in this callback.
  std::array<PageRange, 4> filled_{};
  // Extents that the strategy was told of in this callback, latest first.
  std::array<Extent, 4> granted_{};
};

}  // namespace daxlab
