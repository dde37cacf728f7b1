#include "core/registry/search_path.h"

#include <algorithm>
#include <cstdlib>
#include <string_view>
#include <system_error>

namespace daxlab {
namespace {

namespace fs = std::filesystem;

void add(std::vector<fs::path>& folders, const fs::path& folder) {
  if (folder.empty()) return;
  std::error_code error;
  fs::path absolute = fs::absolute(folder, error).lexically_normal();
  if (error) absolute = folder;  // no current folder: as good as can be told
  if (std::find(folders.begin(), folders.end(), absolute) == folders.end()) {
    folders.push_back(absolute);
  }
}

void add_list(std::vector<fs::path>& folders, std::string_view list) {
  while (!list.empty()) {
    const size_t colon = std::min(list.find(':'), list.size());
    add(folders, fs::path(list.substr(0, colon)));
    list.remove_prefix(std::min(colon + 1, list.size()));
  }
}

}  // namespace

SearchPath default_search_path(const std::vector<fs::path>& first, bool allow_writable) {
  SearchPath result;
  result.allow_writable = allow_writable;
  for (const fs::path& folder : first) add(result.folders, folder);
  if (const char* list = std::getenv("DAXLAB_PLUGIN_PATH")) add_list(result.folders, list);

  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  if (!error) {  // without /proc the folders named by the user are all there are
    const fs::path root = program.parent_path().parent_path();
    add(result.folders, root / "lib/daxlab/plugins");
    add(result.folders, root / "plugins");
  }
  return result;
}

}  // namespace daxlab
