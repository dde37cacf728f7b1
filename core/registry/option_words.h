// "own|kernel" as it stands in a table of options.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace daxlab {

std::vector<std::string> split_choices(std::string_view choices);

}  // namespace daxlab
