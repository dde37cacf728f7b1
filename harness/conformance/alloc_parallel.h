// Several threads at one allocator.
#pragma once

#include <optional>

#include "harness/conformance/finding.h"
#include "harness/conformance/subject.h"

namespace daxlab {

// They allocate and free at random, each block's owner known; at the end all is free, and every
// block can be had.
std::optional<Finding> shares_between_threads(const Subject& subject);

}  // namespace daxlab
