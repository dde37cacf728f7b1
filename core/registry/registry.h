// Finds plugins by name and describes them. Never runs plugin code in this process: each candidate is
// examined as a file first (ELF header, exported symbol names), then probed in a child.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error_or.h"
#include "core/registry/plugin_description.h"

namespace daxlab {

struct SearchPath {
  // In order of precedence. In each: <folder>/<kind>/<name>.so, <folder>/hazards/<name>.so, then
  // <folder>/<name>.so.
  std::vector<std::filesystem::path> folders;
  // Accept files that others than their owner may write to, or whose folders they may.
  bool allow_writable = false;
};

class Registry {
 public:
  explicit Registry(SearchPath search_path);

  // The plugin of that kind and name. Errors say which file was refused and why, or which folders were
  // searched and the nearest name of that kind. Probes at most once for each name.
  ErrorOr<PluginDescription> find(PluginKind kind, std::string_view name);

  struct Listing {
    std::vector<PluginDescription> plugins;  // by kind, then name
    std::vector<Error> refused;              // shared objects that are not usable, and why
  };
  Listing list();

 private:
  SearchPath search_path_;
  std::vector<PluginDescription> known_;
};

}  // namespace daxlab
