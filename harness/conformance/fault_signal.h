// What a fault strategy calls while it serves a fault.
#pragma once

#include <optional>

#include "harness/conformance/finding.h"
#include "harness/conformance/subject.h"

namespace daxlab {

// The plugin's own ways to malloc, mutexes, stdio and exceptions are trapped in `fault` and
// `page_mkwrite`, and only there. What it reaches through another library's function, and what is
// linked into it, is not seen.
std::optional<Finding> faults_call_nothing_unsafe(const Subject& subject);

}  // namespace daxlab
