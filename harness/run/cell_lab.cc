#include "harness/run/cell_lab.h"

#include <optional>

#include "harness/run/shared_memory_check.h"

namespace daxlab {
namespace {

ErrorOr<StrategySpec> load_strategy(const Config& config, PluginKind kind, const Choice& choice,
                                    CallLog& log) {
  auto plugin = LoadedPlugin::load(config.plugin(kind, choice.name), log);
  if (!plugin.ok()) return plugin.error();
  return StrategySpec{plugin.take(), choice.values};
}

}  // namespace

ErrorOr<LabSpec> load_lab_spec(const Config& config, const Cell& cell,
                               const std::filesystem::path& directory, CallLog& log) {
  LabSpec spec;
  spec.engine = cell.engine;
  spec.medium = cell.medium;
  spec.region_bytes = cell.region_bytes;
  spec.region_path = cell.region_path;
  spec.create = cell.create;
  spec.force = cell.force;
  spec.directory = directory;
  if (cell.engine == EngineKind::baseline) {
    spec.direct_io = cell.io == IoKind::direct;
    spec.space_bytes = cell.region_bytes;
    return spec;
  }
  if (!has_path(cell.medium)) {
    if (auto error = check_shared_memory(cell.region_bytes)) return *error;
  }
  const auto load = [&](PluginKind kind, const Choice& choice, StrategySpec& into) {
    auto strategy = load_strategy(config, kind, choice, log);
    if (!strategy.ok()) return std::optional(strategy.error());
    into = strategy.take();
    return std::optional<Error>();
  };
  if (const auto error = load(PluginKind::fault, cell.fault, spec.fault)) return *error;
  if (const auto error = load(PluginKind::write, cell.write, spec.write)) return *error;
  if (const auto error = load(PluginKind::alloc, cell.alloc, spec.alloc)) return *error;
  return spec;
}

}  // namespace daxlab
