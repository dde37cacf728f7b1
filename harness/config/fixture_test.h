// Plugins and workloads to test configs against, without files.
#pragma once

#include <string>
#include <vector>

#include "harness/config/config_loader.h"

namespace daxlab {

ErrorOr<PluginDescription> find_test_plugin(PluginKind kind, std::string_view name);
WorkloadTable test_workloads();

// Resolves `text` as the file t.yaml.
ErrorOr<Config> resolve(std::string_view text, const std::vector<std::string>& overrides = {});

// The names of all cells; one "error: ..." if there is one.
std::vector<std::string> cell_names(std::string_view text,
                                    const std::vector<std::string>& overrides = {});

}  // namespace daxlab
