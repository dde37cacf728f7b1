#include "harness/commands/command.h"

#include <fmt/format.h>

#include <cassert>
#include <cstdio>

namespace daxlab {

int Command::run(const TypedLine&) {
  assert(!"a command without subcommands says what it does");
  return exit_failed;
}

int fail(const char* command, int status, const std::string& message) {
  fmt::print(stderr, "daxlab {}: {}\n", command, message);
  return status;
}

}  // namespace daxlab
