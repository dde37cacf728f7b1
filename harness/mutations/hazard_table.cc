#include "harness/mutations/hazard_table.h"

#include <fmt/format.h>

#include <fstream>
#include <sstream>
#include <utility>

namespace daxlab {
namespace {

const std::vector<std::pair<std::string, PluginKind>>& headings() {
  static const std::vector<std::pair<std::string, PluginKind>> all = {
      {"## Fault strategies", PluginKind::fault},
      {"## Write strategies", PluginKind::write},
      {"## Allocators", PluginKind::alloc},
  };
  return all;
}

// "| a | b |" -> "a", "b".
std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells;
  std::istringstream parts(line.substr(1));
  for (std::string cell; std::getline(parts, cell, '|');) {
    const size_t first = cell.find_first_not_of(' ');
    if (first == std::string::npos) {
      cells.emplace_back();
      continue;
    }
    cells.push_back(cell.substr(first, cell.find_last_not_of(' ') + 1 - first));
  }
  return cells;
}

ErrorOr<JudgeSet> judges_in(const std::string& text) {
  JudgeSet judges;
  std::istringstream words(text);
  for (std::string word; std::getline(words >> std::ws, word, ',');) {
    ErrorOr<JudgeName> judge = judge_named(word);
    if (!judge.ok()) return judge.error();
    judges.insert(judge.value());
  }
  if (judges.empty()) return Error{"no judge is named"};
  return judges;
}

ErrorOr<Hazard> row_of(const std::string& line, PluginKind kind) {
  const std::vector<std::string> cells = cells_of(line);
  if (cells.size() != 4) {
    return Error{
        fmt::format("{} cells; expected hazard, what is wrong, where seen, judge", cells.size())};
  }
  const std::string& name = cells[0];
  if (name.size() < 3 || name.front() != '`' || name.back() != '`') {
    return Error{fmt::format("hazard {}: expected its name in `backquotes`", name)};
  }
  if (cells[1].empty() || cells[2].empty()) return Error{"an empty cell; write - for unknown"};
  ErrorOr<JudgeSet> judges = judges_in(cells[3]);
  if (!judges.ok()) return judges.error();
  return Hazard{name.substr(1, name.size() - 2), kind, cells[1], cells[2], judges.take()};
}

}  // namespace

ErrorOr<std::vector<Hazard>> hazards_in(const std::filesystem::path& readme) {
  std::ifstream file(readme);
  if (!file) return Error{fmt::format("{}: cannot be read", readme.string())};
  std::vector<Hazard> hazards;
  PluginKind kind = PluginKind::fault;
  bool in_table = false;
  uint64_t number = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    if (line.starts_with("## ")) {
      in_table = false;
      for (const auto& [heading, of] : headings()) {
        if (line != heading) continue;
        kind = of;
        in_table = true;
      }
    }
    if (!in_table || !line.starts_with("| `")) continue;
    ErrorOr<Hazard> row = row_of(line, kind);
    if (!row.ok()) {
      return Error{fmt::format("{}:{}: {}", readme.string(), number, row.error().message)};
    }
    hazards.push_back(row.take());
  }
  return hazards;
}

std::set<std::string> plugins_in(const std::filesystem::path& folder) {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string stem = entry.path().stem().string();
    if (entry.path().extension() == ".cc" && !stem.ends_with("_test")) names.insert(stem);
  }
  return names;
}

}  // namespace daxlab
