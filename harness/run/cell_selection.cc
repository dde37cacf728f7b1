#include "harness/run/cell_selection.h"

#include <fmt/format.h>

#include "core/registry/edit_distance.h"

namespace daxlab {
namespace {

// A glob stands for more letters than it has: stars are not counted against a name.
std::string nearest_cell(const std::string& glob, const std::vector<std::string>& names) {
  std::string word;
  for (const char c : glob) {
    if (c != '*' && c != '!') word += c;
  }
  std::string nearest;
  size_t fewest = 0;
  for (const std::string& name : names) {
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
                                                const std::vector<std::string>& globs) {
  const NameGlobs wanted(globs);
  std::vector<SelectedCell> selected;
  std::vector<std::string> names;
  for (const Config& config : configs) {
    for (const Cell& cell : config.cells) {
      names.push_back(cell.name());
      if (wanted.want(names.back())) selected.push_back({&config, &cell, selected.size()});
    }
  }
  if (const std::string* idle = wanted.without_match(names)) {
    return Error{fmt::format("--cells '{}' matches none of {} cells; the nearest is '{}'", *idle,
                             names.size(), nearest_cell(*idle, names))};
  }
  if (selected.empty() && !names.empty()) {
    return Error{
        fmt::format("--cells leaves none of {} cells; take a glob with '!' away", names.size())};
  }
  return selected;
}

}  // namespace daxlab
