#include <fmt/format.h>

#include "harness/commands/command.h"
#include "harness/doctor/examine.h"

namespace daxlab {

int run_doctor(bool json) {
  const std::vector<MachineFinding> findings = examine_machine();
  fmt::print("{}", json ? as_json(findings) : as_text(findings));
  return mmu_can_run(findings) ? exit_passed : exit_failed;
}

}  // namespace daxlab
