#include "core/engine/mmu/hole_trap.h"

#include <cerrno>

#include "core/base/errno_status.h"
#include "core/base/kernel_settings.h"
#include "core/engine/mmu/access_trap.h"
#include "core/engine/mmu/userfault_door.h"

namespace daxlab {

ErrorOr<std::unique_ptr<HoleTrap>> HoleTrap::open() {
  int refusal = 0;
  if (std::unique_ptr<HoleTrap> door = UserfaultDoor::open(&refusal)) return door;
  // These pass, and another run on the same machine must not be slower for them.
  if (refusal == EMFILE || refusal == ENFILE || refusal == ENOMEM) {
    return error_from_errno("userfaultfd", refusal);
  }
  return std::unique_ptr<HoleTrap>(new AccessTrap(!kernel_has_huge_zero_page()));
}

}  // namespace daxlab
