#include "harness/commands/command.h"

#include <fmt/format.h>

#include <cassert>
#include <cstdio>

#include "harness/run/standard_streams.h"

namespace daxlab {

int Command::run(const TypedLine&) {
  assert(!"a command without subcommands says what it does");
  return exit_failed;
}

int fail(const char* command, int status, const std::string& message) {
  print_error("daxlab {}: {}\n", command, message);
  return status;
}

int fail_to_begin(const char* command, const Error& error) {
  return fail(command, error.is_shortage ? exit_failed : exit_usage, error.message);
}

}  // namespace daxlab
