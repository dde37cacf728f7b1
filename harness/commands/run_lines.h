// Command lines that `daxlab run` proposes: exactly as they can be given to a shell.
#pragma once

#include <string>

#include "harness/commands/run_arguments.h"
#include "harness/run/cell_selection.h"

namespace daxlab {

// The command that goes on where this one ended; it has --out.
std::string resume_line(const RunArguments& arguments);

// The command that runs this cell alone, once, with the options in effect.
std::string alone_line(const RunArguments& arguments, const SelectedCell& cell);

}  // namespace daxlab
