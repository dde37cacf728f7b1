// bin/daxlab_check: what `daxlab check` becomes.
#include "harness/commands/daxlab_program.h"
#include "harness/proving/check.h"

namespace daxlab {
namespace {

class CheckCommand final : public Command {
 public:
  CommandTable table() override { return table_of(arguments_); }
  int run(const TypedLine& line) override {
    take_line(line, arguments_);
    return run_check(arguments_);
  }

 private:
  CheckArguments arguments_;
};

std::unique_ptr<Command> make_check_command() { return std::make_unique<CheckCommand>(); }

}  // namespace
}  // namespace daxlab

int main(int argc, char** argv) {
  return daxlab::run_daxlab({daxlab::make_check_command}, argc, argv);
}
