// Configs that are run together: one name stands for one cell.
#pragma once

#include <optional>
#include <vector>

#include "core/base/error_or.h"
#include "harness/config/config.h"

namespace daxlab {

// Removes cells that an earlier config has just so, in all but `force`: they are run once. The
// error: two configs have cells of one name that differ, and what differs first.
std::optional<Error> join_configs(std::vector<Config>& configs);

}  // namespace daxlab
