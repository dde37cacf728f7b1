// `daxlab region`, which only has subcommands.
#include "harness/commands/commands.h"

namespace daxlab {
namespace {

class RegionCommand final : public Command {
 public:
  CommandTable table() override {
    return {.name = "region",
            .help = "Make, show, check and mend regions",
            .subcommands = {create_.get(), info_.get(), fsck_.get()}};
  }

 private:
  const std::unique_ptr<Command> create_ = make_region_create_command();
  const std::unique_ptr<Command> info_ = make_region_info_command();
  const std::unique_ptr<Command> fsck_ = make_region_fsck_command();
};

}  // namespace

std::unique_ptr<Command> make_region_command() { return std::make_unique<RegionCommand>(); }

}  // namespace daxlab
