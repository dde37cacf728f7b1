// What this process's page table has at some addresses.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "core/base/error_or.h"
#include "core/base/owned_descriptor.h"

namespace daxlab {

// Addresses that entries of one size show.
struct ShownRun {
  uint64_t start = 0, end = 0;
  bool is_huge = false;  // entries of 2 MiB
  friend bool operator==(const ShownRun&, const ShownRun&) = default;
};

class PageTableScan {
 public:
  // The error: this kernel does not say it (before Linux 6.7), and its pages' places in memory, by
  // which root can tell, are hidden.
  static ErrorOr<PageTableScan> open();

  // In order. Zero pages count as shown, small and huge ones.
  ErrorOr<std::vector<ShownRun>> runs(uint64_t start, uint64_t end) const;
  // Sizes are told by places: 2 MiB that lie together and aligned count as one entry. Small entries
  // of a DAX device's memory can lie so, too.
  bool goes_by_places() const { return goes_by_places_; }

 private:
  explicit PageTableScan(OwnedDescriptor pagemap) : pagemap_(std::move(pagemap)) {}
  ErrorOr<std::vector<ShownRun>> runs_by_places(uint64_t start, uint64_t end) const;

  OwnedDescriptor pagemap_;
  bool goes_by_places_ = false;
};

}  // namespace daxlab
