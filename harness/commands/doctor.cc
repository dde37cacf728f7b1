// `daxlab doctor`: what this machine has and lacks.
#include <fmt/format.h>

#include "harness/commands/commands.h"
#include "harness/doctor/examine.h"
#include "harness/run/standard_streams.h"

namespace daxlab {
namespace {

class DoctorCommand final : public Command {
 public:
  CommandTable table() override {
    return {.name = "doctor",
            .help = "Show what this machine has and what it lacks",
            .options = {{.name = "--json", .help = "As JSON", .into = &json_}}};
  }
  int run(const TypedLine&) override {
    const std::vector<MachineFinding> findings = examine_machine();
    print("{}", json_ ? as_json(findings) : as_text(findings));
    return mmu_can_run(findings) ? exit_passed : exit_failed;
  }

 private:
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> make_doctor_command() { return std::make_unique<DoctorCommand>(); }

}  // namespace daxlab
