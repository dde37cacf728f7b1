#include "harness/campaign/chosen_plugins.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/run/cell_run.h"

namespace daxlab {
namespace {

std::string line_about(const PluginDescription& plugin) {
  std::string line = fmt::format("{} {} is {}; not used: ", name_of(plugin.kind), plugin.name,
                                 plugin.path.string());
  for (size_t i = 0; i < plugin.not_used.size(); ++i) {
    line += (i == 0 ? "" : ", ") + plugin.not_used[i].string();
  }
  return line;
}

}  // namespace

std::vector<std::string> chosen_among_several(const std::vector<SelectedCell>& cells) {
  std::vector<std::string> lines;
  for (const SelectedCell& selected : cells) {
    if (selected.cell->engine == EngineKind::baseline) continue;
    for (const PluginKind kind : plugin_kinds) {
      const PluginDescription& plugin = plugin_of(*selected.config, *selected.cell, kind);
      if (plugin.not_used.empty()) continue;
      const std::string line = line_about(plugin);
      if (std::ranges::count(lines, line) == 0) lines.push_back(line);
    }
  }
  return lines;
}

}  // namespace daxlab
