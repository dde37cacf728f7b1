// Units that sizes are written in.
#pragma once

#include <cstdint>

#include "daxlab/types.h"

namespace daxlab {

inline constexpr uint64_t KiB = uint64_t{1} << 10;
inline constexpr uint64_t MiB = uint64_t{1} << 20;

// What one load or store moves, and what persistent memory keeps or loses as a whole.
inline constexpr uint64_t word_bytes = sizeof(uint64_t);
inline constexpr uint64_t words_per_page = page_bytes / word_bytes;

}  // namespace daxlab
