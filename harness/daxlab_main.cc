// The command line of daxlab.
#include <fmt/format.h>

#include <csignal>
#include <cstdio>
#include <system_error>

#include "harness/commands/command.h"
#include "harness/commands/command_line.h"
#include "harness/run/build_facts.h"

using namespace daxlab;

int main(int argc, char** argv) {
  CLI::App app(
      "What DAX fault, write and allocation strategies cost, and "
      "whether they are right.",
      "daxlab");
  app.require_subcommand(1);
  app.set_version_flag("--version", fmt::format("daxlab {} (git {}, {})", daxlab_version(),
                                                git_revision(), compiler()));
  CommandLine line;
  line.program = argc > 0 ? argv[0] : "daxlab";
  add_run_command(app, line);
  add_check_command(app, line);
  add_validate_command(app, line);
  add_list_command(app, line);
  add_schema_command(app, line);
  add_doctor_command(app, line);
  add_soak_command(app, line);
  add_conformance_command(app, line);
  add_region_command(app, line);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // Help and version come this way too, with status 0.
    if (error.get_exit_code() == 0) return app.exit(error);
    fmt::print(stderr, "{}", usage_error_text(app, error));
    return exit_usage;
  }
  std::signal(SIGXFSZ,
              SIG_IGN);  // a file that grows too large is an error of that write
  int status = exit_failed;
  try {
    status = line.chosen();
  } catch (const std::system_error& error) {  // of fmt::print, above all: stdout cannot be written
    fmt::print(stderr, "daxlab: {}\n", error.what());
    return exit_failed;
  }
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return status;
  fmt::print(stderr, "daxlab: not all of the output could be written\n");
  return status == exit_passed ? exit_failed : status;
}
