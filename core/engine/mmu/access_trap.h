// Holes by access rights: an address without access raises SIGSEGV at any touch, and a run of the
// kernel's zero page is private anonymous memory, never written, that may be read. Needs nothing
// of the kernel but mprotect.
#pragma once

#include "core/engine/mmu/hole_trap.h"

namespace daxlab {

class AccessTrap final : public HoleTrap {
 public:
  // `small_pages_only`: without a huge zero page the kernel would give 2 MiB of real memory to a
  // hole that is read.
  explicit AccessTrap(bool small_pages_only) : small_pages_only_(small_pages_only) {}

  const char* delivery() const noexcept override { return "SIGSEGV alone"; }
  bool by_access() const noexcept override { return true; }
  Status arm(uint64_t address, uint64_t length_bytes, Memory memory) const noexcept override;
  Status insert_zero(uint64_t address, uint64_t length_bytes) const noexcept override;
  Status insert_shared(uint64_t address, uint64_t length_bytes) const noexcept override;
  Status drop(uint64_t address, uint64_t length_bytes) const noexcept override;

 private:
  const bool small_pages_only_;
};

}  // namespace daxlab
