// Whether there may be room for what cells want, looked at before the first of them runs.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "harness/run/cell_selection.h"

namespace daxlab {

// A line for each kind of room of which there may be too little, about the cell that wants most:
// memory of control groups for regions, of which `jobs` are there at once, and space of folders for
// the files of baselines. What is certain is an error of the cell itself, and others still run.
// `root`: the folder that holds proc and sys, "/" but for tests.
std::vector<std::string> room_warnings(const std::vector<SelectedCell>& cells, uint64_t jobs,
                                       const std::filesystem::path& root);

}  // namespace daxlab
