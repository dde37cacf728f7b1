#include "core/registry/registry.h"
#include "harness/config/config.h"
#include "harness/config/config_loader.h"

namespace daxlab {

ErrorOr<Config> load_config(const std::filesystem::path& path,
                            const std::vector<std::string>& overrides, Registry& registry) {
  const ErrorOr<std::string> text = read_config_file(path);
  if (!text.ok()) return text.error();
  return load_config_text(path, text.value(), overrides, registry);
}

ErrorOr<Config> load_config_text(const std::filesystem::path& path, std::string_view text,
                                 const std::vector<std::string>& overrides, Registry& registry) {
  const PluginLookup find_plugin = [&](PluginKind kind, std::string_view name) {
    return registry.find(kind, name);
  };
  return resolve_config(path, text, overrides, find_plugin, all_workloads());
}

}  // namespace daxlab
