#include "harness/commands/command.h"

#include <fmt/format.h>

#include <cassert>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "harness/run/standard_streams.h"

namespace daxlab {

std::string TypedLine::program() const {
  if (words.front().find('/') == std::string::npos) return words.front();
  std::error_code unknown;
  const auto whole = std::filesystem::absolute(words.front(), unknown);
  return unknown ? words.front() : whole.lexically_normal().string();
}

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
