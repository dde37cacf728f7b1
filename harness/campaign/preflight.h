// What must be as the cells need it before the first of them runs.
#pragma once

#include <optional>
#include <vector>

#include "core/base/error_or.h"
#include "harness/run/cell_selection.h"

namespace daxlab {

// The error names a cell that wants a CPU which this process may not use, and which it may.
std::optional<Error> check_cpus(const std::vector<SelectedCell>& cells);

// The error names a cell to which userfaultfd is to be forbidden, and what this system lacks for
// it.
std::optional<Error> check_filters(const std::vector<SelectedCell>& cells);

}  // namespace daxlab
