#include "harness/commands/recorded_configs.h"

#include <fmt/format.h>

#include <set>
#include <string_view>

#include "harness/campaign/other_builds.h"
#include "harness/campaign/recorded_runs.h"
#include "harness/config/config_loader.h"

namespace daxlab {

ErrorOr<RecordedConfigs> load_recorded_configs(const std::filesystem::path& file,
                                               const std::vector<std::string>& overrides,
                                               const SearchPath& search_path, RecordedCells which) {
  const auto runs = read_results(file);
  if (!runs.ok()) return runs.error();
  Registry registry(search_path);
  const PluginLookup find_plugin = [&](PluginKind kind, std::string_view name) {
    return registry.find(kind, name);
  };
  RecordedConfigs recorded;
  std::set<std::string> texts;
  OtherBuilds other_builds(file);
  for (const RunRecord& record : runs.value().records) {
    if (which == RecordedCells::failed && !record.failed()) continue;
    if (!texts.insert(record.cell->text).second) continue;
    auto config = resolve_config(file, record.cell->text, overrides, find_plugin, all_workloads());
    if (!config.ok()) {
      return config.error().prefixed(fmt::format("cell '{}': ", record.name()));
    }
    other_builds.compare(record, config.value());
    recorded.configs.push_back(config.take());
  }
  if (runs.value().records.empty()) return Error{file.string() + ": holds no runs"};
  recorded.warnings = other_builds.warnings();
  return recorded;
}

}  // namespace daxlab
