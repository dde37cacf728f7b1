// Where plugins are looked for.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/registry/registry.h"

namespace daxlab {

// In order: the folders `given`, those in `environment` (separated by ':'; nullptr for none), and,
// when it is there, the folder "plugins" beside the one that `executable` lies in.
SearchPath plugin_search_path(const std::vector<std::filesystem::path>& given,
                              const char* environment, const std::filesystem::path& executable,
                              bool allow_writable);

// The file that this process runs; empty when the kernel does not say.
std::filesystem::path this_executable();

}  // namespace daxlab
