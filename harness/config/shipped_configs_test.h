// The configs and plugins of this tree, for tests over all of them.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/config/config.h"

namespace daxlab {

// configs/*.yaml, sorted; never empty.
std::vector<std::filesystem::path> shipped_configs();

// What the config needs to be loaded on any machine: kernel_dax.yaml has the folders of a guest.
std::vector<std::string> overrides_for(const std::filesystem::path& config);

// Of the plugins of this build.
Registry& shipped_registry();

// What `daxlab schema` prints.
std::string shipped_schema();

}  // namespace daxlab
