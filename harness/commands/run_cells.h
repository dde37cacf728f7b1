// Which cells `daxlab run` was asked for.
#pragma once

#include <string>
#include <vector>

#include "core/base/error_or.h"
#include "harness/commands/run_arguments.h"
#include "harness/config/config.h"
#include "harness/run/cell_selection.h"

namespace daxlab {

struct RunCells {
  std::vector<Config> configs;
  std::vector<SelectedCell> cells;  // of the configs; of a shard, that part
  size_t matrix_cells = 0;          // of all shards
  std::vector<std::string> warnings;
};

// Of the configs, or of a file of results, that the command line names. The error says what of it
// is wrong.
ErrorOr<RunCells> find_run_cells(const RunArguments& arguments);

}  // namespace daxlab
