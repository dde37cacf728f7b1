// Changes JSON as a tree: random bytes alone would hardly ever be JSON again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "harness/fuzz/region_image_mutator.h"

namespace daxlab {

// One or two changes: values become others that mean something somewhere, items and keys are
// dropped, doubled, moved or renamed. The same for the same text and seed. What is no JSON stays as
// it is.
std::string mutate_json(const std::string& text, uint64_t seed);

// In the form of libFuzzer's custom mutator: mostly as above, sometimes plain bytes.
size_t mutate_json_input(uint8_t* data, size_t size, size_t max_size, uint64_t seed,
                         MutateBytes mutate_bytes);

}  // namespace daxlab
