// YAML text to our value tree. The YAML library is behind this door and used nowhere else.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "harness/config/first_problem.h"
#include "harness/config/node.h"

namespace daxlab {

inline constexpr size_t max_yaml_bytes = size_t{1} << 20;
inline constexpr uint32_t max_yaml_depth = 16;

// One document of plain scalars, lists and maps with scalar keys. Anything else (syntax errors,
// anchors, aliases, merge keys, tags, a second document, bytes that are not UTF-8 text, more than
// max_yaml_bytes, deeper than max_yaml_depth) is reported and nullopt returned. An empty text is a
// node of kind nothing. `override_number` goes into every location. Never throws.
std::optional<Node> read_yaml(std::string_view text, uint32_t override_number,
                              FirstProblem& problems);

}  // namespace daxlab
