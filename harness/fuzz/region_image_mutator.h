// Changes images where they mean something, and makes their checksums right again: random bytes
// alone would never get past the first one.
#pragma once

#include <cstddef>
#include <cstdint>

namespace daxlab {

// A mutation of plain bytes in place: takes how many there are and may be, gives how many there
// are.
using MutateBytes = size_t (*)(uint8_t* data, size_t size, size_t max_size);

// In the form of libFuzzer's custom mutator: changes the input in `data`, which has room for
// max_size bytes, and gives its new size. The same change for the same input and seed, as far as
// mutate_bytes does so.
size_t mutate_region_image(uint8_t* data, size_t size, size_t max_size, uint64_t seed,
                           MutateBytes mutate_bytes);

}  // namespace daxlab
