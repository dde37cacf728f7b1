// The checksum of superblock, names and log: XXH64 with seed 0, never 0. The one place that knows
// the library.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace daxlab {

uint64_t checksum_of(std::span<const std::byte> bytes) noexcept;

}  // namespace daxlab
