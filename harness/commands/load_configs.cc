#include "harness/commands/load_configs.h"

#include "harness/config/several_configs.h"

namespace daxlab {

ErrorOr<std::vector<Config>> load_configs(const std::vector<std::string>& files,
                                          const std::vector<std::string>& overrides,
                                          const SearchPath& search_path) {
  Registry registry(search_path);
  std::vector<Config> configs;
  for (const std::string& file : files) {
    auto config = load_config(file, overrides, registry);
    if (!config.ok()) return config.error();
    configs.push_back(config.take());
  }
  if (auto error = join_configs(configs)) return *error;
  return configs;
}

}  // namespace daxlab
