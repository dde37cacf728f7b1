// Which cells of the configs are to run.
#pragma once

#include <string>
#include <vector>

#include "core/base/error_or.h"
#include "harness/config/config.h"

namespace daxlab {

// A cell, its config, and its place among all of the configs: points into what it was selected
// from.
struct SelectedCell {
  const Config* config;
  const Cell* cell;
};

// All cells in order; with a `glob`, as of file names ('*' matches '/'), those whose name it
// matches. The error: it matches none, and the nearest name.
ErrorOr<std::vector<SelectedCell>> select_cells(const std::vector<Config>& configs,
                                                const std::string& glob);

// A glob that matches this name and no other.
std::string glob_of(const std::string& name);

}  // namespace daxlab
