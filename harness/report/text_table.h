// Columns of text, as wide as they have to be.
#pragma once

#include <string>
#include <vector>

namespace daxlab {

class TextTable {
 public:
  enum class Align { left, right };
  enum class When { always, not_blank };  // not_blank: left out when no row has anything in it

  void add_column(std::string heading, Align align, When when = When::always);
  // One cell for each column.
  void add_row(std::vector<std::string> cells);
  // Lines that end in a newline, with two spaces before and between columns and none at the end.
  std::string text() const;

 private:
  struct Column {
    std::string heading;
    Align align;
    When when;
  };
  bool shown(size_t column) const;
  size_t width_of(size_t column) const;

  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace daxlab
