// What `daxlab check` does, in the time that one check of a contract may take.
#pragma once

#include <optional>

#include "harness/conformance/finding.h"
#include "harness/conformance/subject.h"

namespace daxlab {

// The steps of what is found are its story.
std::optional<Finding> no_run_breaks_a_promise(const Subject& subject);

}  // namespace daxlab
