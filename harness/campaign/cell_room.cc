#include "harness/campaign/cell_room.h"

#include <fmt/format.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <map>
#include <optional>

#include "core/base/bytes_text.h"
#include "core/base/control_groups.h"
#include "harness/workloads/file_options.h"
#include "harness/workloads/workload.h"

namespace daxlab {
namespace {

// The length of the file that a workload works on; 0: it has no such option.
uint64_t file_bytes_of(const Cell& cell) {
  const OptionTable table = make_workload(cell.workload.name)->description().options;
  for (uint32_t i = 0; i < table.count && i < cell.workload.values.size(); ++i) {
    const Option& option = table.options[i];
    if (option_label(option.name) == "size" && option.unit == OptionUnit::bytes) {
      return cell.workload.values[i];
    }
  }
  return 0;
}

// Not an error: what others of the group hold now they may have given back by then, and what is
// refused for certain the region's making refuses.
std::optional<std::string> warn_of_memory(const std::vector<SelectedCell>& cells, uint64_t jobs,
                                          const std::filesystem::path& root) {
  const Cell* largest = nullptr;
  for (const SelectedCell& selected : cells) {
    const Cell& cell = *selected.cell;
    if (cell.engine == EngineKind::baseline || has_path(cell.medium)) continue;
    if (largest == nullptr || cell.region_bytes > largest->region_bytes) largest = &cell;
  }
  if (largest == nullptr) return std::nullopt;
  for (const MemoryGroup& group : memory_groups(root)) {
    if (!group.limit_bytes) continue;
    const uint64_t room = *group.limit_bytes - std::min(*group.limit_bytes, group.held_bytes);
    const uint64_t at_once = std::min<uint64_t>(jobs, cells.size());
    if (largest->region_bytes <= room / at_once) continue;
    return fmt::format(
        "cell '{}' has a region of {} in memory{}, and {} = {} in {}, {} in use: it may be "
        "refused, or killed "
        "for want of memory; use a smaller region, or raise the limit",
        largest->name(), bytes_text(largest->region_bytes),
        at_once > 1 ? fmt::format(", {} cells run at once", at_once) : "", group.limit_name,
        bytes_text(*group.limit_bytes), group.folder.string(), bytes_text(group.held_bytes));
  }
  return std::nullopt;
}

// Not an error: a file of holes takes only what is stored to it.
std::optional<std::string> warn_of_folder(const std::filesystem::path& folder, const Cell& cell) {
  struct statvfs facts {};
  if (statvfs(folder.c_str(), &facts) != 0 || facts.f_blocks == 0) return std::nullopt;
  const uint64_t free_bytes = uint64_t{facts.f_bavail} * facts.f_frsize;
  const uint64_t file_bytes = file_bytes_of(cell);
  if (file_bytes <= free_bytes) return std::nullopt;
  return fmt::format(
      "cell '{}' has a file of {}, and {} has {} free: it may fail for want of space; free some, "
      "or name another folder (directory)",
      cell.name(), bytes_text(file_bytes), folder.string(), bytes_text(free_bytes));
}

}  // namespace

std::vector<std::string> room_warnings(const std::vector<SelectedCell>& cells, uint64_t jobs,
                                       const std::filesystem::path& root) {
  std::vector<std::string> warnings;
  if (auto warning = warn_of_memory(cells, jobs, root)) warnings.push_back(std::move(*warning));
  std::map<std::filesystem::path, const Cell*> largest_in;
  for (const SelectedCell& selected : cells) {
    if (selected.cell->engine != EngineKind::baseline) continue;
    const Cell*& largest = largest_in[selected.cell->directory];
    if (largest == nullptr || file_bytes_of(*selected.cell) > file_bytes_of(*largest)) {
      largest = selected.cell;
    }
  }
  for (const auto& [folder, cell] : largest_in) {
    if (auto warning = warn_of_folder(folder, *cell)) warnings.push_back(std::move(*warning));
  }
  return warnings;
}

}  // namespace daxlab
