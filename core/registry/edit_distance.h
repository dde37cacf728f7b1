// How far one name is from another, for "did you mean".
#pragma once

#include <cstddef>
#include <string_view>

namespace daxlab {

// Characters inserted, deleted, replaced or swapped with their neighbour to make one the other.
size_t edit_distance(std::string_view a, std::string_view b);

}  // namespace daxlab
