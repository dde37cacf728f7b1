#include "harness/run/cell_selection.h"

#include <fmt/format.h>
#include <fnmatch.h>

#include "core/registry/edit_distance.h"

namespace daxlab {
namespace {

// A glob stands for more letters than it has: stars are not counted against a name.
std::string nearest_cell(const std::string& glob, const std::vector<SelectedCell>& cells) {
  std::string word;
  for (const char c : glob) {
    if (c != '*') word += c;
  }
  std::string nearest;
  size_t fewest = 0;
  for (const SelectedCell& candidate : cells) {
    const std::string name = candidate.cell->name();
    const size_t distance = edit_distance(word, name);
    if (nearest.empty() || distance < fewest) {
      nearest = name;
      fewest = distance;
    }
  }
  return nearest;
}

}  // namespace

ErrorOr<std::vector<SelectedCell>> select_cells(const std::vector<Config>& configs,
                                                const std::string& glob) {
  std::vector<SelectedCell> all, selected;
  for (const Config& config : configs) {
    for (const Cell& cell : config.cells) all.push_back({&config, &cell});
  }
  if (glob.empty()) return all;
  for (const SelectedCell& candidate : all) {
    if (fnmatch(glob.c_str(), candidate.cell->name().c_str(), 0) == 0)
      selected.push_back(candidate);
  }
  if (selected.empty()) {
    return Error{fmt::format("--cells '{}' matches none of {} cells; the nearest is '{}'", glob,
                             all.size(), nearest_cell(glob, all))};
  }
  return selected;
}

std::string glob_of(const std::string& name) {
  std::string glob;
  for (const char c : name) {
    if (c == '*' || c == '?' || c == '[' || c == '\\') glob += '\\';
    glob += c;
  }
  return glob;
}

}  // namespace daxlab
