#include "harness/campaign/other_builds.h"

#include <fmt/format.h>

namespace daxlab {
namespace {

// nullptr: the config names another one.
const PluginDescription* used_now(const Config& config, const RecordedPlugin& recorded) {
  for (const PluginDescription& plugin : config.plugins) {
    if (name_of(plugin.kind) == recorded.kind && plugin.name == recorded.name) return &plugin;
  }
  return nullptr;
}

}  // namespace

void OtherBuilds::compare(const RunRecord& record, const Config& now) {
  for (const RecordedPlugin& plugin : record.cell->plugins) {
    const PluginDescription* used = used_now(now, plugin);
    if (used == nullptr || used->content_hash == plugin.content_hash) continue;
    if (!met_.insert(plugin.kind + plugin.name + plugin.content_hash).second) continue;
    warnings_.push_back(fmt::format(
        "{} plugin '{}' ({}) is not the one that {} was measured with: its content hash is {}, "
        "there it is {} ({})",
        plugin.kind, plugin.name, used->path.string(), file_.string(), used->content_hash,
        plugin.content_hash, plugin.path));
  }
}

}  // namespace daxlab
