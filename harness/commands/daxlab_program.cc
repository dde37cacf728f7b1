#include "harness/commands/daxlab_program.h"

#include <fmt/format.h>

#include <csignal>
#include <cstdio>
#include <system_error>

#include "harness/commands/read_command_line.h"
#include "harness/run/build_facts.h"

namespace daxlab {
namespace {

// The status of what the line asks for.
int answer(const CommandLineReading& reading) {
  if (reading.chosen != nullptr) return reading.chosen->run(reading.line);
  fmt::print("{}", reading.shown);
  return exit_passed;
}

}  // namespace

int run_daxlab(std::initializer_list<MakeCommand> commands, int argc, const char* const* argv) {
  std::vector<std::unique_ptr<Command>> made;
  std::vector<Command*> known;
  for (const MakeCommand make : commands) known.push_back(made.emplace_back(make()).get());
  const std::string version =
      fmt::format("daxlab {} (git {}, {})", daxlab_version(), git_revision(), compiler());
  const CommandLineReading reading = read_command_line(known, version, argc, argv);
  if (!reading.problem.empty()) {
    fmt::print(stderr, "{}", reading.problem);
    return exit_usage;
  }
  std::signal(SIGXFSZ, SIG_IGN);  // a file that grows too large is an error of that write
  int status = exit_failed;
  try {
    status = answer(reading);
  } catch (const std::system_error& error) {  // of fmt::print, above all: stdout cannot be written
    fmt::print(stderr, "daxlab: {}\n", error.what());
    return exit_failed;
  }
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return status;
  fmt::print(stderr, "daxlab: not all of the output could be written\n");
  return status == exit_passed ? exit_failed : status;
}

}  // namespace daxlab
