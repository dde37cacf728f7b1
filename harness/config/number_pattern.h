// Ranges of numbers as regular expressions, for those who can check nothing else: JSON Schema.
#pragma once

#include <cstdint>
#include <string>

#include "daxlab/options.h"

namespace daxlab {

// Matches exactly the texts that parse_quantity takes for a number within [minimum, maximum]:
// "^0*(...)$", in what ECMAScript and other dialects have in common.
std::string quantity_pattern(OptionUnit unit, uint64_t minimum, uint64_t maximum);

}  // namespace daxlab
