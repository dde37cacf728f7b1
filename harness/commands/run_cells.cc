#include "harness/commands/run_cells.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "harness/campaign/shard.h"
#include "harness/commands/load_configs.h"
#include "harness/commands/recorded_configs.h"

namespace daxlab {
namespace {

// What the line says of the config: the switch is a word for an override.
std::vector<std::string> overrides_of(const RunArguments& arguments) {
  std::vector<std::string> overrides = arguments.overrides;
  if (arguments.no_userfaultfd) overrides.emplace_back("userfaultfd=forbidden");
  return overrides;
}

std::optional<Error> find_configs(const RunArguments& arguments, RunCells& into) {
  const SearchPath search_path = arguments.plugins.search_path();
  const std::vector<std::string> overrides = overrides_of(arguments);
  if (!arguments.from_result && !arguments.failed) {
    if (arguments.configs.empty()) {
      return Error{"expected a config: daxlab run CONFIG.yaml, or --from-result FILE.json"};
    }
    auto loaded = load_configs(arguments.configs, overrides, search_path);
    if (!loaded.ok()) return loaded.error();
    into.configs = loaded.take();
    return std::nullopt;
  }
  const std::string option = arguments.failed ? "--failed" : "--from-result";
  const std::string file = arguments.failed ? *arguments.failed : *arguments.from_result;
  if (arguments.failed && arguments.from_result) {
    return Error{"--failed takes cells from a file by itself; leave out --from-result"};
  }
  if (!arguments.configs.empty()) {
    return Error{
        fmt::format("{} {}: takes cells from that file, and no config besides; leave out {}",
                    option, file, arguments.configs.front())};
  }
  const RecordedCells which = arguments.failed ? RecordedCells::failed : RecordedCells::all;
  auto recorded = load_recorded_configs(file, overrides, search_path, which);
  if (!recorded.ok()) return recorded.error().prefixed(option + " ");
  into.configs = std::move(recorded.value().configs);
  into.warnings = std::move(recorded.value().warnings);
  return std::nullopt;
}

std::optional<Error> select(const RunArguments& arguments, RunCells& into) {
  if (arguments.failed && into.configs.empty()) return std::nullopt;  // none has
  auto cells = select_cells(into.configs, arguments.cells_globs);
  if (!cells.ok()) return cells.error();
  into.cells = cells.take();
  into.matrix_cells = into.cells.size();
  if (!arguments.shard) return std::nullopt;
  const auto shard = read_shard(*arguments.shard);
  if (!shard.ok()) return shard.error().prefixed("--shard: ");
  into.cells = cells_of_shard(into.cells, shard.value());
  return std::nullopt;
}

}  // namespace

ErrorOr<RunCells> find_run_cells(const RunArguments& arguments) {
  RunCells found;
  if (auto error = find_configs(arguments, found)) return *error;
  for (Config& config : found.configs) {
    for (Cell& cell : config.cells) cell.force = arguments.force;
  }
  if (auto error = select(arguments, found)) return *error;
  return found;
}

}  // namespace daxlab
