// What cells must not use at once.
#pragma once

#include <string>
#include <vector>

#include "harness/run/cell_selection.h"

namespace daxlab {

// Of each cell a name that it shares with those that it must not run beside: of a region that
// stays, whatever it is called, and of a file system of which one of them takes all space. Empty:
// it may run beside any.
std::vector<std::string> exclusive_resources(const std::vector<SelectedCell>& cells);

}  // namespace daxlab
