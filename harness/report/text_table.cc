#include "harness/report/text_table.h"

#include <algorithm>
#include <cassert>

namespace daxlab {

void TextTable::add_column(std::string heading, Align align, When when) {
  assert(rows_.empty());
  columns_.push_back({std::move(heading), align, when});
}

void TextTable::add_row(std::vector<std::string> cells) {
  assert(cells.size() == columns_.size());
  rows_.push_back(std::move(cells));
}

bool TextTable::shown(size_t column) const {
  return columns_[column].when == When::always ||
         std::any_of(rows_.begin(), rows_.end(),
                     [&](const auto& row) { return !row[column].empty() && row[column] != "-"; });
}

std::string TextTable::line(const std::vector<std::string>& cells) const {
  std::string text;
  for (size_t column = 0; column < columns_.size(); ++column) {
    if (!shown(column)) continue;
    size_t width = columns_[column].heading.size();
    for (const auto& row : rows_) width = std::max(width, row[column].size());
    const std::string padding(width - cells[column].size(), ' ');
    text += "  ";
    text +=
        columns_[column].align == Align::right ? padding + cells[column] : cells[column] + padding;
  }
  return text.substr(0, text.find_last_not_of(' ') + 1) + "\n";
}

std::string TextTable::text() const {
  std::vector<std::string> headings;
  for (const Column& column : columns_) headings.push_back(column.heading);
  std::string text = line(headings);
  for (const auto& row : rows_) text += line(row);
  return text;
}

}  // namespace daxlab
