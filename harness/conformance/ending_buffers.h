// Writes of which the buffer cannot be read to its end.
#pragma once

#include <optional>

#include "harness/conformance/finding.h"
#include "harness/conformance/subject.h"

namespace daxlab {

// Each is short or refused, as write_trial.h says; of those with something to read always the same.
std::optional<Finding> ending_buffers_are_consistent(const Subject& subject);

}  // namespace daxlab
