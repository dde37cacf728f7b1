// `daxlab region create`: a fresh region in a file.
#include <fmt/format.h>

#include "core/region/region_file.h"
#include "harness/commands/command.h"
#include "harness/commands/command_line.h"
#include "harness/config/quantity.h"

namespace daxlab {
namespace {

int fail(int status, const std::string& message) {
  fmt::print(stderr, "daxlab region create: {}\n", message);
  return status;
}

}  // namespace

int run_region_create(const RegionCreateArguments& arguments) {
  const auto size = parse_quantity(arguments.size, OptionUnit::bytes);
  if (!size.ok()) return fail(exit_usage, "--size: " + size.error().message);
  if (const auto error = check_region_size(size.value())) {
    return fail(exit_usage, "--size: " + error->message);
  }
  Counters counters;
  const auto region = create_region_file(arguments.path, size.value(), arguments.force, counters);
  if (!region.ok()) return fail(exit_failed, region.error().message);
  fmt::print("{}: made a region of {}, {}\n", arguments.path.string(),
             format_quantity(size.value(), OptionUnit::bytes),
             uuid_text(region.value()->superblock()));
  return exit_passed;
}

void add_region_create_command(CLI::App& region, CommandLine& line) {
  const auto arguments = std::make_shared<RegionCreateArguments>();
  CLI::App& command = *region.add_subcommand("create", "Make a region in a file");
  add_region_path(command, arguments->path);
  command.add_option("--size", arguments->size, "Such as 64MiB")->required()->type_name("SIZE");
  command.add_flag("--force", arguments->force, "Overwrite what is there");
  command.callback(
      [arguments, &line] { line.chosen = [arguments] { return run_region_create(*arguments); }; });
}

}  // namespace daxlab
