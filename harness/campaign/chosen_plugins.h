// Plugins of which the plugin path has several by one name: results say which one was used.
#pragma once

#include <string>
#include <vector>

#include "harness/run/cell_selection.h"

namespace daxlab {

// "alloc first_fit is /mine/first_fit.so; not used: /usr/first_fit.so", for each such plugin that
// the cells use.
std::vector<std::string> chosen_among_several(const std::vector<SelectedCell>& cells);

}  // namespace daxlab
