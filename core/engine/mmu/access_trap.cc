#include "core/engine/mmu/access_trap.h"

#include <sys/mman.h>

#include "core/engine/mmu/kernel_mapping.h"

namespace daxlab {

Status AccessTrap::arm(uint64_t address, uint64_t length_bytes, Memory memory) const noexcept {
  if (memory == Memory::shared) return ErrorCode::unsupported;
  // Advice, which a kernel without huge pages refuses and has no need of.
  if (small_pages_only_) madvise(pointer(address), length_bytes, MADV_NOHUGEPAGE);
  return {};
}

// Two steps would not do in writable memory (a store in between would be lost), but this never is:
// a store to the zero page raises SIGSEGV too.
Status AccessTrap::insert_zero(uint64_t address, uint64_t length_bytes) const noexcept {
  return protect(address, length_bytes, PROT_READ);
}

Status AccessTrap::insert_shared(uint64_t, uint64_t) const noexcept {
  return ErrorCode::unsupported;
}

// Dropping the pages would not do: the kernel serves zeros again where reading is allowed.
Status AccessTrap::drop(uint64_t address, uint64_t length_bytes) const noexcept {
  return protect(address, length_bytes, PROT_NONE);
}

}  // namespace daxlab
