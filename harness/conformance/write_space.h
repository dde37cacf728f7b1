// Writes that do not fit.
#pragma once

#include <optional>

#include "harness/conformance/finding.h"
#include "harness/conformance/subject.h"

namespace daxlab {

// Each is short or refused, what it returned is there, and nothing else has changed: bytes, size,
// free blocks. Where some pages would fit and some not, it is the same each time.
std::optional<Finding> no_space_is_consistent(const Subject& subject);

}  // namespace daxlab
