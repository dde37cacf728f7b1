// What the main() of daxlab and of the programs behind it does.
#pragma once

#include <initializer_list>

#include "harness/commands/command.h"

namespace daxlab {

// Reads the line, runs the command that it names, and makes sure that what was printed has arrived.
// The exit status.
int run_daxlab(std::initializer_list<MakeCommand> commands, int argc, const char* const* argv);

}  // namespace daxlab
