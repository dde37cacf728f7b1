// Which cells of the configs are to run.
#pragma once

#include <string>
#include <vector>

#include "core/base/error_or.h"
#include "harness/config/config.h"
#include "harness/run/name_globs.h"

namespace daxlab {

// Points into what it was selected from.
struct SelectedCell {
  const Config* config;
  const Cell* cell;
  size_t place = 0;  // among all that were selected at once, also where only a part of them runs
};

// All cells in order that the globs of --cells want. The error: one of them matches no cell, and
// the nearest name; or nothing is left.
ErrorOr<std::vector<SelectedCell>> select_cells(const std::vector<Config>& configs,
                                                const std::vector<std::string>& globs);

}  // namespace daxlab
