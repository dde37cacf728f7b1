// load_config for any source of plugins and workloads.
#pragma once

#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error_or.h"
#include "core/registry/plugin_description.h"
#include "harness/config/config.h"
#include "harness/workloads/workload.h"

namespace daxlab {

// The plugin of that kind and name, or one line that says why there is none.
using PluginLookup = std::function<ErrorOr<PluginDescription>(PluginKind, std::string_view name)>;
using WorkloadTable = std::span<const WorkloadDescription* const>;

// `path` is only for messages; `text` is the file's.
ErrorOr<Config> resolve_config(const std::filesystem::path& path, std::string_view text,
                               const std::vector<std::string>& overrides,
                               const PluginLookup& find_plugin, WorkloadTable workloads);

// The file's bytes. Not a readable file, a folder, or more than max_yaml_bytes: an error.
ErrorOr<std::string> read_config_file(const std::filesystem::path& path);

}  // namespace daxlab
