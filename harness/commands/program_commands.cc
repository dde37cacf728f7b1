// The commands of daxlab that are programs of their own.
#include "harness/commands/check_arguments.h"
#include "harness/commands/commands.h"
#include "harness/commands/conformance_arguments.h"
#include "harness/commands/program_beside.h"
#include "harness/commands/soak_arguments.h"

namespace daxlab {
namespace {

constexpr ProgramBeside check_program{"check", " and the plugins that are wrong on purpose"};
constexpr ProgramBeside conformance_program{"conformance"};
constexpr ProgramBeside soak_program{"soak"};
constexpr ProgramBeside bench_program{"bench"};

// Read here, so that help and wrong options need no build; then read again by the program, which is
// given the same words.
template <class Arguments>
class ProgramCommand : public Command {
 public:
  explicit ProgramCommand(const ProgramBeside& program) : program_(program) {}
  CommandTable table() override { return table_of(arguments_); }
  int run(const TypedLine& line) override { return become(program_, line.words); }

 protected:
  Arguments arguments_;

 private:
  const ProgramBeside& program_;
};

class CheckProgramCommand final : public ProgramCommand<CheckArguments> {
 public:
  CheckProgramCommand() : ProgramCommand(check_program) {}
  int run(const TypedLine& line) override {
    if (const auto error = find_missing_config(arguments_)) {
      return fail_to_begin("check", *error);
    }
    return ProgramCommand::run(line);
  }
};

// Its words are Google Benchmark's.
class BenchCommand final : public Command {
 public:
  CommandTable table() override {
    return {.name = "bench",
            .help = "Measure what single steps cost; options are Google Benchmark's",
            .takes_every_word = true};
  }
  int run(const TypedLine& line) override {
    std::vector<std::string> words = line.words;
    words.erase(words.begin() + 1);
    return become(bench_program, words);
  }
};

}  // namespace

std::unique_ptr<Command> make_check_program_command() {
  return std::make_unique<CheckProgramCommand>();
}
std::unique_ptr<Command> make_conformance_program_command() {
  return std::make_unique<ProgramCommand<ConformanceArguments>>(conformance_program);
}
std::unique_ptr<Command> make_soak_program_command() {
  return std::make_unique<ProgramCommand<SoakArguments>>(soak_program);
}
std::unique_ptr<Command> make_bench_program_command() { return std::make_unique<BenchCommand>(); }

}  // namespace daxlab
