#include <fmt/format.h>

#include "harness/commands/command.h"
#include "harness/commands/command_line.h"
#include "harness/doctor/examine.h"

namespace daxlab {

int run_doctor(bool json) {
  const std::vector<MachineFinding> findings = examine_machine();
  fmt::print("{}", json ? as_json(findings) : as_text(findings));
  return mmu_can_run(findings) ? exit_passed : exit_failed;
}

void add_doctor_command(CLI::App& app, CommandLine& line) {
  const auto json = std::make_shared<bool>(false);
  CLI::App& command = *app.add_subcommand("doctor", "Show what this machine has and what it lacks");
  command.add_flag("--json", *json, "As JSON");
  command.callback([json, &line] { line.chosen = [json] { return run_doctor(*json); }; });
}

}  // namespace daxlab
