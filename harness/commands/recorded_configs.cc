#include "harness/commands/recorded_configs.h"

#include <fmt/format.h>

#include <set>
#include <string_view>

#include "harness/campaign/recorded_runs.h"
#include "harness/config/config_loader.h"

namespace daxlab {
namespace {

// The plugin that is used now; nullptr: the cell names another one (an override).
const PluginDescription* used_now(const Config& config, const RecordedPlugin& recorded) {
  for (const PluginDescription& plugin : config.plugins) {
    if (name_of(plugin.kind) == recorded.kind && plugin.name == recorded.name) return &plugin;
  }
  return nullptr;
}

}  // namespace

ErrorOr<RecordedConfigs> load_recorded_configs(const std::filesystem::path& file,
                                               const std::vector<std::string>& overrides,
                                               const SearchPath& search_path) {
  const auto runs = read_results(file);
  if (!runs.ok()) return runs.error();
  Registry registry(search_path);
  const PluginLookup find_plugin = [&](PluginKind kind, std::string_view name) {
    return registry.find(kind, name);
  };
  RecordedConfigs recorded;
  std::set<std::string> texts, warned;
  for (const RunRecord& record : runs.value().records) {
    if (!texts.insert(record.cell).second) continue;
    auto config = resolve_config(file, record.cell, overrides, find_plugin, all_workloads());
    if (!config.ok()) {
      return Error{fmt::format("cell '{}': {}", record.name, config.error().message)};
    }
    for (const RecordedPlugin& plugin : record.plugins) {
      const PluginDescription* now = used_now(config.value(), plugin);
      if (now == nullptr || now->content_hash == plugin.content_hash) continue;
      if (!warned.insert(plugin.kind + plugin.name + plugin.content_hash).second) continue;
      recorded.warnings.push_back(fmt::format(
          "{} plugin '{}' ({}) is not the one that {} was measured with: its content hash is {}, "
          "there it is {} ({})",
          plugin.kind, plugin.name, now->path.string(), file.string(), now->content_hash,
          plugin.content_hash, plugin.path));
    }
    recorded.configs.push_back(config.take());
  }
  if (recorded.configs.empty()) return Error{file.string() + ": holds no runs"};
  return recorded;
}

}  // namespace daxlab
