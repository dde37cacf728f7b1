// Where plugins are looked for.
#pragma once

#include <filesystem>
#include <vector>

namespace daxlab {

struct SearchPath {
  // In order of precedence. In each: <folder>/<kind>/<name>.so, <folder>/hazards/<name>.so, then
  // <folder>/<name>.so.
  std::vector<std::filesystem::path> folders;
  // Accept files that others than their owner may write to, or whose folders they may.
  bool allow_writable = false;
};

// `first` (the --plugin-path folders), then those of DAXLAB_PLUGIN_PATH (separated by ':'), then,
// as seen from the running program's folder: ../lib/daxlab/plugins (an install) and ../plugins (a
// build tree). All absolute; none is required to exist.
SearchPath default_search_path(const std::vector<std::filesystem::path>& first,
                               bool allow_writable);

}  // namespace daxlab
