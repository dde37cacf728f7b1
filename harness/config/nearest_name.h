// What somebody who mistyped a name probably meant.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace daxlab {

// The name with the fewest edits, the first of equals; empty if none is near enough to be meant.
std::string_view nearest_name(std::string_view word, std::span<const std::string> names);

// "expected one of a, b, c; did you mean 'b'?", the question only if a name is near.
std::string expected_names(std::string_view word, std::span<const std::string> names);

}  // namespace daxlab
