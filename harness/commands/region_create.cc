// `daxlab region create`: a fresh region in a file or on a device.
#include <fmt/format.h>

#include "core/region/region_file.h"
#include "harness/commands/commands.h"
#include "harness/commands/shared_options.h"
#include "harness/config/quantity.h"
#include "harness/run/standard_streams.h"

namespace daxlab {
namespace {

class RegionCreateCommand final : public Command {
 public:
  CommandTable table() override {
    return {.name = "create",
            .help = "Make a region in a file or on a device",
            .options = {region_path_option(path_),
                        {.name = "--size",
                         .value = "SIZE",
                         .help = "Such as 64MiB",
                         .into = &size_,
                         .required = true},
                        {.name = "--force", .help = "Overwrite what is there", .into = &force_}}};
  }
  int run(const TypedLine&) override {
    const auto size = parse_quantity(size_, OptionUnit::bytes);
    if (!size.ok()) return fail("region create", exit_usage, "--size: " + size.error().message);
    if (const auto error = check_region_size(size.value())) {
      return fail("region create", exit_usage, "--size: " + error->message);
    }
    Counters counters;
    const auto region = create_region_file(path_, size.value(), force_, counters);
    if (!region.ok()) return fail("region create", exit_failed, region.error().message);
    print("{}: made a region of {} on medium {}, {}\n", path_,
          format_quantity(size.value(), OptionUnit::bytes),
          name_of(region.value()->medium().kind()), uuid_text(region.value()->superblock()));
    return exit_passed;
  }

 private:
  std::string path_;
  std::string size_;    // as in YAML: 64MiB
  bool force_ = false;  // also over a region, or what is none
};

}  // namespace

std::unique_ptr<Command> make_region_create_command() {
  return std::make_unique<RegionCreateCommand>();
}

}  // namespace daxlab
