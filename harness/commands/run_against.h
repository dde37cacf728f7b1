// `daxlab run CONFIG --against DIR`: this build and an older one in turn, run by run, so that a
// machine whose speed drifts slows both.
#pragma once

#include <optional>
#include <vector>

#include "harness/commands/run_arguments.h"
#include "harness/run/cell_selection.h"

namespace daxlab {

// The error: another option that --against leaves no meaning.
std::optional<Error> check_against(const RunArguments& arguments);

// The exit status, as of `daxlab compare`. Which side is first is drawn for each pair of runs. With
// --out FILE.json the runs of this build are left there, and those of the other in FILE.base.json.
int run_against(const RunArguments& arguments, const std::vector<SelectedCell>& cells,
                uint64_t seed);

}  // namespace daxlab
