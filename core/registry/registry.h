// Finds plugins by name and describes them. Never runs plugin code in this process: each candidate
// is examined as a file first (ELF header, exported symbol names), then probed in a child. One
// thread at a time, and best before the process starts others: probing forks.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/error_or.h"
#include "core/registry/plugin_description.h"

namespace daxlab {

struct SearchPath {
  // In order of precedence. In each: <folder>/<kind>/<name>.so, <folder>/hazards/<name>.so, then
  // <folder>/<name>.so.
  std::vector<std::filesystem::path> folders;
  // Accept files that others (trusted_path.h) own or may write to, or whose folders they do.
  bool allow_writable = false;
};

class Registry {
 public:
  // A probe that takes longer than the limit is killed and its plugin refused.
  explicit Registry(SearchPath search_path,
                    std::chrono::milliseconds probe_time_limit = std::chrono::seconds(10));

  // The plugin of that kind and name. Errors say which file was refused and why, or which folders
  // were searched and the nearest name of that kind. Probes at most once for each name;
  // refusals are remembered, too.
  ErrorOr<PluginDescription> find(PluginKind kind, std::string_view name);

  // The plugin in that file, of whatever kind; its name is the file's without ".so".
  ErrorOr<PluginDescription> describe_file(const std::filesystem::path& file) const;

  struct Listing {
    std::vector<PluginDescription> plugins;  // by kind, then name
    std::vector<Error> refused;              // shared objects that are not usable, and why
  };
  Listing list();

 private:
  // A place where a plugin may lie. In a folder of one kind, a plugin of another kind is an error;
  // in the others (hazards, and the folder itself) it is merely not the one asked for.
  struct Place {
    std::filesystem::path folder;
    std::optional<PluginKind> kind;
  };
  std::vector<Place> places() const;
  ErrorOr<PluginDescription> search(PluginKind kind, const std::string& name) const;
  ErrorOr<PluginDescription> describe(const std::filesystem::path& file,
                                      std::optional<PluginKind> wanted) const;
  void list_place(const Place& place, std::set<std::pair<PluginKind, std::string>>& seen,
                  Listing& listing) const;
  // Files of its kind and name in other places. None of their code is run.
  std::vector<std::filesystem::path> others(const PluginDescription& used) const;
  Error not_found(PluginKind kind, const std::string& name) const;
  std::string nearest(PluginKind kind, const std::string& name) const;

  SearchPath search_path_;
  std::chrono::milliseconds probe_time_limit_;
  std::map<std::pair<PluginKind, std::string>, ErrorOr<PluginDescription>> known_;
};

}  // namespace daxlab
