// Whether instances that come and go leave something behind.
#pragma once

#include <functional>
#include <optional>

#include "harness/conformance/finding.h"

namespace daxlab {

// Runs the cycle, which makes an instance, uses and destroys it, some times for whatever is made
// once; then again and again, after which the process must hold what it held before: heap,
// descriptors, kernel mappings. One thread. A finding of a cycle is the answer.
std::optional<Finding> check_use_of_cycles(const std::function<std::optional<Finding>()>& cycle);

}  // namespace daxlab
