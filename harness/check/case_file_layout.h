// JSON for people: what fits on a line stands on one.
#pragma once

#include <string>

#include "core/base/json.h"

namespace daxlab {

// Ends with a line feed. Bytes that are no UTF-8 are replaced.
std::string readable_text(const Json& value);

}  // namespace daxlab
