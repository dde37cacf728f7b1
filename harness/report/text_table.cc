#include "harness/report/text_table.h"

#include <algorithm>
#include <cassert>
#include <string_view>

#include "core/base/printable.h"

namespace daxlab {
namespace {

// In characters: "±" has two bytes.
size_t width(std::string_view text) {
  return static_cast<size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

}  // namespace

void TextTable::add_column(std::string heading, Align align, When when) {
  assert(rows_.empty());
  columns_.push_back({std::move(heading), align, when});
}

void TextTable::add_row(std::vector<std::string> cells) {
  assert(cells.size() == columns_.size());
  for (std::string& cell : cells) cell = printable(cell);  // names are texts of others
  rows_.push_back(std::move(cells));
}

bool TextTable::shown(size_t column) const {
  return columns_[column].when == When::always ||
         std::any_of(rows_.begin(), rows_.end(),
                     [&](const auto& row) { return !row[column].empty() && row[column] != "-"; });
}

size_t TextTable::width_of(size_t column) const {
  size_t widest = width(columns_[column].heading);
  for (const auto& row : rows_) widest = std::max(widest, width(row[column]));
  return widest;
}

std::string TextTable::text() const {
  std::vector<std::string> headings;
  std::vector<size_t> shown_columns, widths;
  for (size_t column = 0; column < columns_.size(); ++column) {
    headings.push_back(columns_[column].heading);
    if (!shown(column)) continue;
    shown_columns.push_back(column);
    widths.push_back(width_of(column));
  }
  const auto line = [&](const std::vector<std::string>& cells) {
    std::string text;
    for (size_t i = 0; i < shown_columns.size(); ++i) {
      const std::string& cell = cells[shown_columns[i]];
      const std::string padding(widths[i] - width(cell), ' ');
      const bool is_right = columns_[shown_columns[i]].align == Align::right;
      text += "  ";
      text += is_right ? padding + cell : cell + padding;
    }
    return text.substr(0, text.find_last_not_of(' ') + 1) + "\n";
  };
  std::string text = line(headings);
  for (const auto& row : rows_) text += line(row);
  return text;
}

}  // namespace daxlab
