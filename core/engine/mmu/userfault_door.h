// The kernel's fault interfaces, used nowhere else: userfaultfd with faults delivered as SIGBUS to
// the thread that took them, no other thread involved.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include "core/base/owned_descriptor.h"
#include "core/engine/mmu/hole_trap.h"

namespace daxlab {

class UserfaultDoor final : public HoleTrap {
 public:
  // Needs no privilege (UFFD_USER_MODE_ONLY). nullptr: `refusal` is the errno that says why.
  static std::unique_ptr<UserfaultDoor> open(int* refusal);

  const char* delivery() const noexcept override { return "userfaultfd + SIGSEGV"; }
  bool by_access() const noexcept override { return false; }
  Status arm(uint64_t address, uint64_t length_bytes, Memory memory) const noexcept override;
  Status insert_zero(uint64_t address, uint64_t length_bytes) const noexcept override;
  Status insert_shared(uint64_t address, uint64_t length_bytes) const noexcept override;
  Status drop(uint64_t address, uint64_t length_bytes) const noexcept override;

 private:
  explicit UserfaultDoor(OwnedDescriptor descriptor) : descriptor_(std::move(descriptor)) {}
  OwnedDescriptor descriptor_;
};

}  // namespace daxlab
