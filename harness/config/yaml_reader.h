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

// What aliases may add to a document, in bytes of its tree: aliases of aliases grow fast.
inline constexpr size_t max_alias_bytes = size_t{4} << 20;

// One document of scalars, lists and maps with scalar keys; anchors, aliases and merge keys (`<<`,
// a map or a list of maps) are resolved: keys of the map itself go before merged ones, and earlier
// maps before later ones. Anything else (syntax errors, tags, a second document, bytes that are not
// UTF-8 text, more than max_yaml_bytes, deeper than max_yaml_depth, an anchor inside itself, more
// than max_alias_bytes of aliases) is reported and nullopt returned. An empty text is a node of
// kind nothing. `override_number` goes into every location. An alias stands where it is written,
// what is inside of it where the anchor is. Never throws.
std::optional<Node> read_yaml(std::string_view text, uint32_t override_number,
                              FirstProblem& problems);

}  // namespace daxlab
