// Command lines, read by the tables of commands (command.h). The parser behind it is CLI11, which
// is included by one file only: it takes longer to compile than all commands together.
#pragma once

#include <string>
#include <vector>

#include "harness/commands/command.h"

namespace daxlab {

// Exactly one of `chosen`, `shown` and `problem` is there.
struct CommandLineReading {
  Command* chosen = nullptr;  // its targets are filled
  TypedLine line;             // for it
  std::string shown;          // what --help or --version asked for
  // What is wrong, and where to read how it is: one or two lines. Targets may be half filled.
  std::string problem;
};

// Reads the line of a program called daxlab that has these commands; `version` is the line of
// --version. `argv` is as main() has it.
CommandLineReading read_command_line(const std::vector<Command*>& commands,
                                     const std::string& version, int argc, const char* const* argv);

}  // namespace daxlab
