#include "core/region/checksum.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace daxlab {

// 0 stands for "nothing there" wherever a checksum is stored.
uint64_t checksum_of(std::span<const std::byte> bytes) noexcept {
  uint64_t sum = XXH64(bytes.data(), bytes.size(), 0);
  return sum == 0 ? 1 : sum;
}

}  // namespace daxlab
