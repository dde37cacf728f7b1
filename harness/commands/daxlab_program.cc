#include "harness/commands/daxlab_program.h"

#include <fmt/format.h>

#include <cstdio>
#include <new>

#include "harness/commands/read_command_line.h"
#include "harness/run/build_facts.h"
#include "harness/run/standard_streams.h"

namespace daxlab {
namespace {

// The status of what the line asks for.
int answer(const CommandLineReading& reading) {
  if (!reading.problem.empty()) {
    print_error("{}", reading.problem);
    return exit_usage;
  }
  if (reading.chosen != nullptr) return reading.chosen->run(reading.line);
  print("{}", reading.shown);
  return exit_passed;
}

}  // namespace

int run_daxlab(std::initializer_list<MakeCommand> commands, int argc, const char* const* argv) {
  take_standard_streams();
  std::vector<std::unique_ptr<Command>> made;
  std::vector<Command*> known;
  for (const MakeCommand make : commands) known.push_back(made.emplace_back(make()).get());
  const std::string version =
      fmt::format("daxlab {} (git {}, {})", daxlab_version(), git_revision(), compiler());
  int status = exit_failed;
  try {
    status = answer(read_command_line(known, version, argc, argv));
  } catch (const std::bad_alloc&) {
    std::fputs("daxlab: there is no more memory for this process\n", stderr);
  }
  if (send_output()) return status;
  print_error("daxlab: not all of the output could be written\n");
  return status == exit_passed ? exit_failed : status;
}

}  // namespace daxlab
