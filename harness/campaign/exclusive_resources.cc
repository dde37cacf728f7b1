#include "harness/campaign/exclusive_resources.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <filesystem>
#include <set>
#include <system_error>

#include "core/base/file_system_type.h"

namespace daxlab {
namespace {

// The file system of a folder; 0: there is none.
dev_t device_of(const std::filesystem::path& folder) {
  struct stat facts {};
  return ::stat(folder.c_str(), &facts) == 0 ? facts.st_dev : 0;
}

// In a tmpfs such a cell fills one of its own.
bool fills_its_folder(const Cell& cell) {
  return cell.engine == EngineKind::baseline && cell.region_bytes != 0 && !is_tmpfs(cell.directory);
}

std::string exclusive_resource(const Cell& cell, const std::set<dev_t>& filled) {
  std::filesystem::path folder = cell.directory, region;
  if (cell.engine != EngineKind::baseline) {
    if (!has_path(cell.medium)) return {};
    std::error_code unresolved;
    region = std::filesystem::weakly_canonical(cell.region_path, unresolved);
    if (unresolved) region = cell.region_path;
    folder = region.parent_path();
  }
  const dev_t device = device_of(folder);
  return filled.contains(device) ? fmt::format("device {}", device) : region.string();
}

}  // namespace

std::vector<std::string> exclusive_resources(const std::vector<SelectedCell>& cells) {
  std::set<dev_t> filled;
  for (const SelectedCell& selected : cells) {
    const Cell& cell = *selected.cell;
    if (fills_its_folder(cell)) filled.insert(device_of(cell.directory));
  }
  std::vector<std::string> resources;
  for (const SelectedCell& selected : cells) {
    resources.push_back(exclusive_resource(*selected.cell, filled));
  }
  return resources;
}

}  // namespace daxlab
