#include "harness/commands/command.h"

#include <fmt/format.h>

#include <cstdio>

namespace daxlab {

int Command::run(const TypedLine&) { return exit_usage; }

int fail(const char* command, int status, const std::string& message) {
  fmt::print(stderr, "daxlab {}: {}\n", command, message);
  return status;
}

}  // namespace daxlab
