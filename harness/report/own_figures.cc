#include "harness/report/own_figures.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "harness/report/glossary.h"
#include "harness/report/text_table.h"

namespace daxlab {
namespace {

using Align = TextTable::Align;
using When = TextTable::When;

std::string shown(const CellSummary& cell, const std::string& name) {
  const std::optional<double> value = cell.median(name);
  if (!value) return "-";
  return *value < 1000 && *value != std::floor(*value) ? fmt::format("{:.2f}", *value)
                                                       : fmt::format("{:.0f}", *value);
}

std::vector<std::string> own_figures(const WorkloadGroup& group) {
  std::set<std::string> names;
  for (const CellSummary& cell : group.cells) {
    for (const auto& [name, value] : cell.runs.front().counters) {
      const CounterDescription* known = find_counter(name);
      if (known == nullptr || known->is_own) names.insert(name);
    }
  }
  return {names.begin(), names.end()};
}

std::string row_for_each_figure(const WorkloadGroup& group, const std::vector<std::string>& labels,
                                const std::vector<std::string>& names) {
  TextTable table;
  table.add_column("", Align::left);
  for (const std::string& label : labels) table.add_column(label, Align::right, When::not_blank);
  for (const std::string& name : names) {
    std::vector<std::string> row = {name};
    for (const CellSummary& cell : group.cells) row.push_back(shown(cell, name));
    table.add_row(std::move(row));
  }
  return table.text();
}

std::string row_for_each_cell(const WorkloadGroup& group, const std::vector<std::string>& labels,
                              const std::vector<std::string>& names) {
  TextTable table;
  table.add_column("", Align::left);
  for (const std::string& name : names) table.add_column(name, Align::right);
  for (size_t i = 0; i < group.cells.size(); ++i) {
    std::vector<std::string> row = {labels[i]};
    bool any = false;
    for (const std::string& name : names) {
      row.push_back(shown(group.cells[i], name));
      any |= row.back() != "-";
    }
    if (any) table.add_row(std::move(row));
  }
  return table.text();
}

bool fits(const std::string& table) { return table.find('\n') <= terminal_columns; }

}  // namespace

std::string own_figures_table(const WorkloadGroup& group, const std::vector<std::string>& labels) {
  const std::vector<std::string> names = own_figures(group);
  if (names.empty()) return {};
  std::string text = row_for_each_figure(group, labels, names);
  if (fits(text)) return text;
  text.clear();
  // As many figures beside each other as there is room for, but at least one.
  for (size_t first = 0; first < names.size();) {
    std::string widest;
    size_t count = 0;
    while (first + count < names.size()) {
      const auto begin = names.begin() + static_cast<ptrdiff_t>(first);
      std::string more =
          row_for_each_cell(group, labels, {begin, begin + static_cast<ptrdiff_t>(count) + 1});
      if (count > 0 && !fits(more)) break;
      widest = std::move(more);
      ++count;
    }
    text += widest;
    first += count;
  }
  return text;
}

}  // namespace daxlab
