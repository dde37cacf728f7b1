// What threads were told about names that come and go: make, visit and unlink.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/histories/concurrent.h"

namespace daxlab {

// The first make, visit or unlink that failed, the first make that did not read what it had written
// (its file is its own, unlinked or not), or the first name whose answers no order explains: it is
// there from a make on until an unlink; a make that is refused has met it, a visit or unlink that
// finds nothing has not; a visit sees what the make of just this file wrote, or not yet anything.
// Running out of space is no failure here.
std::optional<std::string> judge_names(const std::vector<Event>& events);

}  // namespace daxlab
