// What an allocator calls that says it may be called in a fault.
#pragma once

#include <optional>

#include "harness/conformance/finding.h"
#include "harness/conformance/subject.h"

namespace daxlab {

// After create, init and mark_used, the plugin's own ways to malloc, mutexes and stdio are trapped
// while it works. What it reaches through another library's function is not seen.
std::optional<Finding> calls_nothing_unsafe_in_a_fault(const Subject& subject);

}  // namespace daxlab
