// Stores and writes at the same time, in the same pages.
#pragma once

#include <optional>

#include "core/lab/lab.h"
#include "harness/conformance/finding.h"

namespace daxlab {

// Two threads store through mappings of their own to words around what a third one writes: whatever
// a thread stored, it finds again. Engine mmu.
std::optional<Finding> check_stores_beside_writes(Lab& lab);

}  // namespace daxlab
