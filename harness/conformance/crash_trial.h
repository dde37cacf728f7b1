// Histories of a write strategy, crashed at every moment that can matter.
#pragma once

#include <optional>

#include "harness/conformance/finding.h"
#include "harness/conformance/subject.h"

namespace daxlab {

std::optional<Finding> survives_crashes(const Subject& subject);
std::optional<Finding> survives_crashes_without_space(const Subject& subject);

}  // namespace daxlab
