#include "harness/run/plugin_search_path.h"

#include <string_view>
#include <system_error>

#include "core/registry/program_layout.h"

namespace daxlab {

SearchPath plugin_search_path(const std::vector<std::filesystem::path>& given,
                              const char* environment, const std::filesystem::path& executable,
                              bool allow_writable) {
  SearchPath path;
  path.allow_writable = allow_writable;
  path.folders = given;
  std::string_view rest = environment != nullptr ? environment : "";
  while (!rest.empty()) {
    const size_t colon = rest.find(':');
    const std::string_view folder = rest.substr(0, colon);
    if (!folder.empty()) path.folders.emplace_back(folder);
    rest = colon == rest.npos ? "" : rest.substr(colon + 1);
  }
  const std::filesystem::path shipped = layout_around(executable).plugins;
  std::error_code error;
  if (!executable.empty() && std::filesystem::is_directory(shipped, error)) {
    path.folders.push_back(shipped);
  }
  return path;
}

}  // namespace daxlab
