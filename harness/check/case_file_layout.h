// JSON for people: what fits on a line stands on one.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace daxlab {

// Ends with a line feed. Bytes that are no UTF-8 are replaced.
std::string readable_text(const nlohmann::ordered_json& value);

}  // namespace daxlab
