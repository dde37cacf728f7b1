// `daxlab validate`: checks configs and their plugins, runs nothing.
#include <fmt/format.h>

#include "harness/commands/command.h"
#include "harness/commands/load_configs.h"

namespace daxlab {

int run_validate(const ValidateArguments& arguments) {
  int status = exit_passed;
  for (const std::filesystem::path& path : arguments.configs) {
    const auto configs = load_configs({path}, arguments.overrides, arguments.search_path);
    if (!configs.ok()) {
      // The others are checked all the same.
      fmt::print(stderr, "daxlab validate: {}\n", configs.error().message);
      status = exit_usage;
      continue;
    }
    const size_t cells = configs.value().front().cells.size();
    fmt::print("{}: ok, {} cell{}\n", path.string(), cells, cells == 1 ? "" : "s");
  }
  return status;
}

}  // namespace daxlab
