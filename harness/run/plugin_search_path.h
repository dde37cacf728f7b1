// Where plugins are looked for.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/registry/registry.h"

namespace daxlab {

// In order: the folders `given`, those in `environment` (separated by ':'; nullptr for none), and,
// when it is there, that of the plugins shipped with `executable` (program_layout.h).
SearchPath plugin_search_path(const std::vector<std::filesystem::path>& given,
                              const char* environment, const std::filesystem::path& executable,
                              bool allow_writable);

}  // namespace daxlab
