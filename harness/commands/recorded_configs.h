// The cells of a result file, as configs again.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/base/error_or.h"
#include "core/registry/registry.h"
#include "harness/config/config.h"

namespace daxlab {

struct RecordedConfigs {
  std::vector<Config> configs;        // one cell each, in the order of the file
  std::vector<std::string> warnings;  // a line for each plugin that is not the one of the file
};

enum class RecordedCells { all, failed };

// From a file that `daxlab run --out` wrote. Plugins are looked for by name, as ever. The error
// also where there is no cell; not where none has failed.
ErrorOr<RecordedConfigs> load_recorded_configs(const std::filesystem::path& file,
                                               const std::vector<std::string>& overrides,
                                               const SearchPath& search_path, RecordedCells which);

}  // namespace daxlab
