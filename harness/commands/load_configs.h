// The configs of a command line.
#pragma once

#include <string>
#include <vector>

#include "core/base/error_or.h"
#include "core/registry/registry.h"
#include "harness/config/config.h"

namespace daxlab {

// All of them, or the first error. A cell that several have is in the first of them only.
ErrorOr<std::vector<Config>> load_configs(const std::vector<std::string>& files,
                                          const std::vector<std::string>& overrides,
                                          const SearchPath& search_path);

}  // namespace daxlab
