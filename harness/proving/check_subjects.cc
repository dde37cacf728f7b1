#include "harness/proving/check_subjects.h"

#include <fmt/format.h>
#include <fnmatch.h>

#include <optional>
#include <set>
#include <string_view>

#include "harness/check/write_promises.h"
#include "harness/config/cell_config.h"
#include "harness/config/nearest_name.h"
#include "harness/config/option_values.h"

namespace daxlab {
namespace {

// Case::config is a whole config, and those have a workload, which is not run.
constexpr std::string_view unused_workload = "hole_read";
constexpr uint64_t unused_region_bytes = uint64_t{64} << 20;

const PluginDescription& plugin_of(const CheckedCombination& checked, PluginKind kind) {
  const Combination& combination = *checked.combination;
  switch (kind) {
    case PluginKind::fault:
      return checked.config->plugin(kind, combination.fault.name);
    case PluginKind::write:
      return checked.config->plugin(kind, combination.write.name);
    case PluginKind::alloc:
      break;
  }
  return checked.config->plugin(kind, combination.alloc.name);
}

ErrorOr<StrategySpec> load_strategy(const CheckedCombination& checked, PluginKind kind,
                                    const Choice& choice, CallLog& log) {
  auto plugin = LoadedPlugin::load(plugin_of(checked, kind), log);
  if (!plugin.ok()) return plugin.error();
  return StrategySpec{plugin.take(), choice.values};
}

}  // namespace

ErrorOr<std::vector<CheckedCombination>> select_combinations(const std::vector<Config>& configs,
                                                             const std::string& glob) {
  std::vector<CheckedCombination> selected;
  std::set<std::string> known;
  for (const Config& config : configs) {
    for (const Combination& combination : config.combinations) {
      const std::string name = combination.name();
      if (!known.insert(name).second) continue;
      if (!glob.empty() && fnmatch(glob.c_str(), name.c_str(), 0) != 0) continue;
      selected.push_back({&config, &combination});
    }
  }
  if (known.empty()) {
    return Error{
        fmt::format("{}: no strategies to check: baseline has none; name an engine that "
                    "has, such as engine: simulator",
                    configs.front().path.string())};
  }
  if (!selected.empty()) return selected;
  const std::vector<std::string> names(known.begin(), known.end());
  const std::string_view nearest = nearest_name(glob, names);
  return Error{fmt::format("--combinations '{}' matches none of {}{}", glob, names.size(),
                           nearest.empty() ? fmt::format(", such as {}", names.front())
                                           : fmt::format("; did you mean '{}'?", nearest))};
}

ErrorOr<CheckSubject> load_subject(const CheckedCombination& checked, CallLog& log) {
  const Combination& combination = *checked.combination;
  auto fault = load_strategy(checked, PluginKind::fault, combination.fault, log);
  if (!fault.ok()) return fault.error();
  auto write = load_strategy(checked, PluginKind::write, combination.write, log);
  if (!write.ok()) return write.error();
  auto alloc = load_strategy(checked, PluginKind::alloc, combination.alloc, log);
  if (!alloc.ok()) return alloc.error();
  CheckSubject subject;
  subject.log = &log;
  subject.name = combination.name();
  subject.config = config_text(checked);
  subject.fault = fault.take();
  subject.write = write.take();
  subject.alloc = alloc.take();
  const WritePromises promises = promises_of(combination.write.name);
  subject.all_or_nothing = promises.all_or_nothing;
  subject.atomic = promises.atomic;
  return subject;
}

std::string plugin_line(const CheckedCombination& checked, PluginKind kind) {
  const PluginDescription& plugin = plugin_of(checked, kind);
  return fmt::format("{} plugin '{}' ({})", name_of(kind), plugin.name, plugin.path.string());
}

std::string plugin_line(const CheckedCombination& checked, PluginCallback callback) {
  const std::string_view kind_name = plugin_kind_of(callback);
  PluginKind kind = PluginKind::fault;
  for (const PluginKind candidate : plugin_kinds) {
    if (kind_name == name_of(candidate)) kind = candidate;
  }
  return plugin_line(checked, kind);
}

std::string writes_held_to(const CheckedCombination& checked) {
  const WritePromises promises = promises_of(checked.combination->write.name);
  if (promises.atomic) return "atomic";
  return promises.all_or_nothing ? "all_or_nothing" : "partial";
}

std::vector<CasePlugin> case_plugins(const CheckedCombination& checked) {
  std::vector<CasePlugin> plugins;
  for (const PluginKind kind : plugin_kinds) {
    const PluginDescription& plugin = plugin_of(checked, kind);
    plugins.push_back({name_of(kind), plugin.name, plugin.content_hash});
  }
  return plugins;
}

std::string config_text(const CheckedCombination& checked) {
  Cell cell;
  cell.engine = EngineKind::simulator;
  cell.region_bytes = unused_region_bytes;
  cell.fault = checked.combination->fault;
  cell.write = checked.combination->write;
  cell.alloc = checked.combination->alloc;
  cell.time_limit = std::chrono::seconds(60);
  for (const WorkloadDescription* workload : all_workloads()) {
    if (workload->name != unused_workload) continue;
    cell.workload = default_choice(unused_workload, describe_options(workload->options));
  }
  return cell_config_text(*checked.config, cell);
}

}  // namespace daxlab
