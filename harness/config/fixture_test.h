// Plugins and workloads to test configs against, without files.
#pragma once

#include <string>
#include <vector>

#include "harness/config/config_loader.h"

namespace daxlab {

ErrorOr<PluginDescription> find_test_plugin(PluginKind kind, std::string_view name);
std::vector<PluginDescription> test_plugins();  // all that it finds
WorkloadTable test_workloads();

// Resolves `text` as the file t.yaml.
ErrorOr<Config> resolve(std::string_view text, const std::vector<std::string>& overrides = {});

// The same for a config that is good: the JSON Schema has to accept it too.
ErrorOr<Config> resolve_good(std::string_view text, const std::vector<std::string>& overrides = {});

// The names of all cells of a good config; one "error: ..." if there is one.
std::vector<std::string> cell_names(std::string_view text,
                                    const std::vector<std::string>& overrides = {});

}  // namespace daxlab
