#include "harness/config/shipped_configs_test.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "harness/config/config_loader.h"
#include "harness/config/schema.h"

namespace daxlab {

std::vector<std::filesystem::path> shipped_configs() {
  std::vector<std::filesystem::path> configs;
  const std::filesystem::path folder = std::filesystem::path(DAXLAB_SOURCE_DIR) / "configs";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".yaml") configs.push_back(entry.path());
  }
  std::ranges::sort(configs);
  EXPECT_FALSE(configs.empty());
  return configs;
}

std::vector<std::string> overrides_for(const std::filesystem::path& config) {
  if (config.stem() != "kernel_dax") return {};
  return {"path=[/dev/shm, /tmp]"};
}

Registry& shipped_registry() {
  static Registry registry{SearchPath{{DAXLAB_PLUGIN_FOLDER}, true}};
  return registry;
}

std::string shipped_schema() {
  std::vector<PluginDescription> plugins = shipped_registry().list().plugins;
  std::erase_if(plugins, [](const PluginDescription& plugin) { return plugin.hazard; });
  return config_schema(plugins, all_workloads());
}

namespace {

TEST(ShippedConfigs, NameTheSchemaInTheirFirstLine) {
  for (const std::filesystem::path& path : shipped_configs()) {
    const ErrorOr<std::string> text = read_config_file(path);
    ASSERT_TRUE(text.ok()) << text.error().message;
    EXPECT_TRUE(text.value().starts_with("# yaml-language-server: $schema=daxlab.schema.json\n# "))
        << path << ": this line, then a comment that says what question it answers";
  }
}

}  // namespace
}  // namespace daxlab
