// Sizes in sentences.
#pragma once

#include <cstdint>
#include <string>

namespace daxlab {

// "64 MiB", "1.5 GiB", "512 bytes": the largest unit of which there is one, with a decimal unless
// it is exact.
std::string bytes_text(uint64_t bytes);

}  // namespace daxlab
