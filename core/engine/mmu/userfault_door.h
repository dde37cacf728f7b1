// The kernel's fault interfaces, used nowhere else: userfaultfd with faults delivered as SIGBUS to
// the thread that took them, no other thread involved.
#pragma once

#include <cstdint>

#include "core/base/error_or.h"
#include "daxlab/status.h"

namespace daxlab {

class UserfaultDoor {
 public:
  // Needs no privilege (UFFD_USER_MODE_ONLY). The error says what the kernel lacks and what to do.
  static ErrorOr<UserfaultDoor> open();
  UserfaultDoor(UserfaultDoor&& other) noexcept;
  UserfaultDoor& operator=(UserfaultDoor&&) = delete;
  ~UserfaultDoor();

  // All signal-safe, ranges page-aligned.
  enum class Memory { anonymous, shared };  // private anonymous, or a mapping of a memfd
  // From now on the first touch of an absent page raises SIGBUS (shared: of a cached one, too).
  Status arm(uint64_t address, uint64_t length_bytes, Memory memory) const noexcept;
  // Each maps pages with the protection that the range has; pages that are mapped already are left
  // alone. The kernel's zero page, in anonymous memory.
  Status insert_zero(uint64_t address, uint64_t length_bytes) const noexcept;
  // Pages of the memfd, new ones zeroed.
  Status insert_shared(uint64_t address, uint64_t length_bytes) const noexcept;

 private:
  explicit UserfaultDoor(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace daxlab
