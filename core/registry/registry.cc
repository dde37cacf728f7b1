#include "core/registry/registry.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <system_error>

#include "core/base/errno_status.h"
#include "core/registry/edit_distance.h"
#include "core/registry/examined_plugin.h"
#include "core/registry/probe.h"

namespace daxlab {
namespace {

namespace fs = std::filesystem;

constexpr const char* hazards = "hazards";
constexpr const char* extension = ".so";

// Something is there, be it only a link that leads nowhere: that is a refusal, not a plugin
// missing.
bool is_there(const fs::path& path) {
  std::error_code error;
  return fs::symlink_status(path, error).type() != fs::file_type::not_found;
}

// Sorted; empty when the folder is not there.
ErrorOr<std::vector<fs::path>> shared_objects_in(const fs::path& folder) {
  std::vector<fs::path> found;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    if (entry->path().extension() == extension) found.push_back(entry->path());
  }
  if (error && error != std::errc::no_such_file_or_directory) {
    if (is_shortage(error.value())) return error_from_errno(folder.string(), error.value());
    return Error{fmt::format("{}: {}; check the folders of the plugin path", folder.string(),
                             error.message())};
  }
  std::sort(found.begin(), found.end());
  return found;
}

// A folder may be named twice, or be a link to another.
void add_once(std::vector<fs::path>& files, const fs::path& file) {
  if (std::find(files.begin(), files.end(), file) == files.end()) files.push_back(file);
}

void note_not_used(const ExaminedPlugin& other, Registry::Listing& listing) {
  const fs::path& file = other.file.path;
  for (PluginDescription& used : listing.plugins) {
    const bool has_its_name = used.kind == other.symbol.kind && used.name == file.stem();
    if (has_its_name && used.path != file) add_once(used.not_used, file);
  }
}

}  // namespace

Registry::Registry(SearchPath search_path, std::chrono::milliseconds probe_time_limit)
    : search_path_(std::move(search_path)), probe_time_limit_(probe_time_limit) {
  for (fs::path& folder : search_path_.folders) {
    std::error_code error;
    const fs::path absolute = fs::absolute(folder, error);
    if (!error) folder = absolute.lexically_normal();
  }
}

std::vector<Registry::Place> Registry::places() const {
  std::vector<Place> result;
  for (const fs::path& folder : search_path_.folders) {
    for (const PluginKind kind : plugin_kinds) result.push_back({folder / name_of(kind), kind});
    result.push_back({folder / hazards, std::nullopt});
    result.push_back({folder, std::nullopt});
  }
  return result;
}

ErrorOr<PluginDescription> Registry::find(PluginKind kind, std::string_view name) {
  const std::pair key(kind, std::string(name));
  const auto known = known_.find(key);
  if (known != known_.end()) return known->second;
  return known_.emplace(key, search(kind, key.second)).first->second;
}

ErrorOr<PluginDescription> Registry::search(PluginKind kind, const std::string& name) const {
  if (!is_snake_case(name)) {
    return Error{
        fmt::format("\"{}\" is no {} plugin's name; names are of a-z, 0-9 and _, not paths", name,
                    name_of(kind))};
  }
  std::optional<Error> other_kind;
  for (const Place& place : places()) {
    if (place.kind && *place.kind != kind) continue;
    const fs::path file = place.folder / (name + extension);
    if (!is_there(file)) continue;
    if (!place.kind) {
      const ErrorOr<ExaminedPlugin> seen = examine_plugin(file, search_path_.allow_writable);
      if (seen.ok() && seen.value().symbol.kind != kind) {
        if (!other_kind) other_kind = mismatch(seen.value(), kind);
        continue;
      }
    }
    auto described = describe(file, kind);
    if (described.ok()) described.value().not_used = others(described.value());
    return described;
  }
  if (other_kind) return *other_kind;
  return not_found(kind, name);
}

ErrorOr<PluginDescription> Registry::describe(const fs::path& file,
                                              std::optional<PluginKind> wanted) const {
  const ErrorOr<ExaminedPlugin> seen = examine_plugin(file, search_path_.allow_writable);
  if (!seen.ok()) return seen.error();
  if (std::optional<Error> error = mismatch(seen.value(), wanted)) return *error;
  ErrorOr<PluginDescription> probed =
      probe_plugin(seen.value(), file.stem().string(), probe_time_limit_);
  if (!probed.ok()) return probed;
  probed.value().hazard = file.parent_path().filename() == hazards;
  probed.value().allow_writable = search_path_.allow_writable;
  return probed;
}

ErrorOr<PluginDescription> Registry::describe_file(const fs::path& file) const {
  return describe(file, std::nullopt);
}

std::vector<fs::path> Registry::others(const PluginDescription& used) const {
  std::vector<fs::path> files;
  for (const Place& place : places()) {
    const fs::path file = place.folder / (used.name + extension);
    std::error_code error;
    if (place.kind && *place.kind != used.kind) continue;
    if (!is_there(file) || fs::equivalent(file, used.path, error)) continue;
    const ErrorOr<ExaminedPlugin> seen = examine_plugin(file, search_path_.allow_writable);
    if (seen.ok() && seen.value().symbol.kind == used.kind) add_once(files, seen.value().file.path);
  }
  return files;
}

Error Registry::not_found(PluginKind kind, const std::string& name) const {
  std::vector<std::string> folders;
  for (const fs::path& folder : search_path_.folders) {
    folders.push_back(folder.string() + (is_there(folder) ? "" : " (not there)"));
  }
  const std::string near = nearest(kind, name);
  return {fmt::format("no {} plugin is called {}{}; searched {}; add folders with --plugin-path",
                      name_of(kind), name,
                      near.empty() ? std::string() : fmt::format(", the nearest is {}", near),
                      folders.empty() ? "no folder" : fmt::format("{}", fmt::join(folders, ", ")))};
}

std::string Registry::nearest(PluginKind kind, const std::string& name) const {
  std::string best;
  for (const Place& place : places()) {
    if (place.kind && *place.kind != kind) continue;
    const ErrorOr<std::vector<fs::path>> files = shared_objects_in(place.folder);
    if (!files.ok()) continue;  // list() tells of it; the folder is named in this error anyway
    for (const fs::path& file : files.value()) {
      const std::string stem = file.stem().string();
      if (!best.empty() && edit_distance(stem, name) >= edit_distance(best, name)) continue;
      const ErrorOr<ExaminedPlugin> seen = examine_plugin(file, search_path_.allow_writable);
      if (seen.ok() && !mismatch(seen.value(), kind)) best = stem;
    }
  }
  return best;
}

Registry::Listing Registry::list() {
  Listing listing;
  std::set<std::pair<PluginKind, std::string>> seen;
  for (const Place& place : places()) list_place(place, seen, listing);
  std::sort(listing.plugins.begin(), listing.plugins.end(),
            [](const PluginDescription& a, const PluginDescription& b) {
              return std::tie(a.kind, a.name) < std::tie(b.kind, b.name);
            });
  return listing;
}

void Registry::list_place(const Place& place, std::set<std::pair<PluginKind, std::string>>& seen,
                          Listing& listing) const {
  const ErrorOr<std::vector<fs::path>> files = shared_objects_in(place.folder);
  if (!files.ok()) {
    listing.refused.push_back(files.error());
    return;
  }
  for (const fs::path& file : files.value()) {
    const ErrorOr<ExaminedPlugin> found = examine_plugin(file, search_path_.allow_writable);
    if (!found.ok()) {
      listing.refused.push_back(found.error());
      continue;
    }
    if (place.kind && found.value().symbol.kind != *place.kind) {
      listing.refused.push_back(*mismatch(found.value(), place.kind));
      continue;
    }
    // A plugin that an earlier place has by that name is never the one that is used.
    if (!seen.emplace(found.value().symbol.kind, file.stem().string()).second) {
      note_not_used(found.value(), listing);
      continue;
    }
    const ErrorOr<PluginDescription> described = describe(file, place.kind);
    if (described.ok()) {
      listing.plugins.push_back(described.value());
    } else {
      listing.refused.push_back(described.error());
    }
  }
}

}  // namespace daxlab
