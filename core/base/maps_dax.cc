#include "core/base/maps_dax.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cstdint>

namespace daxlab {

bool maps_dax(int descriptor) noexcept {
  constexpr uint64_t is_dax = 0x200000;  // STATX_ATTR_DAX, which older headers lack
  struct statx facts {};
  if (::statx(descriptor, "", AT_EMPTY_PATH, STATX_TYPE, &facts) != 0) return false;
  return S_ISCHR(facts.stx_mode) || (facts.stx_attributes & is_dax) != 0;
}

}  // namespace daxlab
