#include "harness/end_to_end/shown_tables_test.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <sstream>

namespace daxlab {
namespace {

// One character a column: "±" has two bytes.
std::string one_byte_each(std::string line) {
  for (size_t at; (at = line.find("±")) != line.npos;) line.replace(at, 2, "~");
  return line;
}

struct ShownColumn {
  std::string heading;
  size_t begin = 0, end = 0;
};

// Headings are two spaces from each other.
std::vector<ShownColumn> columns_of(const std::string& line) {
  std::vector<ShownColumn> columns;
  size_t at = line.find_first_not_of(' ');
  while (at != line.npos) {
    const size_t end = std::min(line.find("  ", at), line.size());
    columns.push_back({line.substr(at, end - at), at, end});
    at = line.find_first_not_of(' ', end);
  }
  return columns;
}

std::string trimmed(const std::string& text) {
  const size_t begin = text.find_first_not_of(' ');
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(' ') - begin + 1);
}

// The first column is aligned to the left, and ends where no row has anything; all others end under
// their headings.
std::vector<std::string> cells_of(const std::string& line,
                                  const std::vector<ShownColumn>& columns) {
  std::vector<std::string> cells;
  size_t begin = 0;
  for (size_t i = 0; i < columns.size(); ++i) {
    size_t end = columns[i].end;
    if (i == 0) {  // up to the two spaces behind it
      end = std::min(line.find("  ", line.find_first_not_of(' ')), line.size());
    }
    if (begin >= line.size()) return {};
    cells.push_back(trimmed(line.substr(begin, end - begin)));
    begin = end;
  }
  return cells;
}

bool is_note(const std::string& line) {
  for (const char* const begin :
       {"  made with: ", "  2 MiB entries: ", "  4 KiB instead ", "  no ratios: ", "  FAILED "}) {
    if (line.starts_with(begin)) return true;
  }
  return line.find(" runs had to wait") != line.npos || line.find(" threads share ") != line.npos;
}

}  // namespace

std::vector<ShownTable> read_tables(const std::string& text) {
  std::vector<ShownTable> tables;
  std::vector<ShownColumn> columns;  // of the table that goes on; none: none does
  std::string heading;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    line = one_byte_each(line);
    if (line.empty() || is_note(line)) {
      columns.clear();
    } else if (!line.starts_with("  ")) {
      columns.clear();
      heading = line;
    } else if (line.starts_with("  strategy ") || line.starts_with("     ")) {
      columns = columns_of(line);
      // A row of nothing but spaces before its headings has none for its first column.
      if (!line.starts_with("  strategy ")) columns.insert(columns.begin(), ShownColumn{});
      ShownTable& table = tables.emplace_back();
      table.heading = heading;
      for (const ShownColumn& column : columns) table.columns.push_back(column.heading);
    } else if (!columns.empty()) {
      tables.back().rows.push_back(cells_of(line, columns));
    }
  }
  return tables;
}

std::optional<ShownNumber> read_shown_number(const std::string& text) {
  std::istringstream words(text);
  double number = 0;
  std::string unit;
  if (!(words >> number)) return std::nullopt;
  words >> unit;
  const std::map<std::string, double> units = {{"", 1},
                                               {"ns", 1},
                                               {"us", 1e3},
                                               {"ms", 1e6},
                                               {"s", 1e9},
                                               {"B", 1},
                                               {"KiB", 1024.0},
                                               {"MiB", 1048576.0},
                                               {"B/s", 1},
                                               {"KiB/s", 1024.0},
                                               {"MiB/s", 1048576.0},
                                               {"GiB/s", 1073741824.0},
                                               {"GiB", 1073741824.0},
                                               {"TiB", 1099511627776.0},
                                               {"k", 1e3},
                                               {"M", 1e6},
                                               {"G", 1e9}};
  const auto known = units.find(unit);
  if (known == units.end()) return std::nullopt;
  // Half of the last digit that is shown.
  const size_t digits_end = text.find_first_not_of("0123456789.");
  const std::string digits = text.substr(0, digits_end);
  const size_t point = digits.find('.');
  const auto decimals = static_cast<double>(point == digits.npos ? 0 : digits.size() - point - 1);
  const double step = std::pow(10, -decimals) * known->second;
  return ShownNumber{number * known->second, 0.501 * step};
}

namespace {

const std::string tables_of_test =
    "write, 2 threads  [mmu, memfd]  median of 3\n"
    "  strategy                time/op  ratio     p50  faults r/w/mk    memory\n"
    "  page_zero         20.0 ns ±25%   1.00  8.1 ns      12.3k/0/2  2.00 KiB\n"
    "  baseline (tmpfs)    5.0 ns ±0%  0.25?    7 ns              -         0\n"
    "  made with: some machine\n"
    "where the time goes, ns for a fault\n"
    "  strategy  whole\n  page_zero  7\n";

TEST(ShownTables, NumbersHaveUnitsAndATolerance) {
  const auto of = [](const char* text) { return read_shown_number(text).value_or(ShownNumber{}); };
  EXPECT_DOUBLE_EQ(of("9.10 us").value, 9100);
  EXPECT_NEAR(of("9.10 us").tolerance, 5, 0.1);
  EXPECT_DOUBLE_EQ(of("2.00 GiB/s").value, 2147483648.0);
  EXPECT_DOUBLE_EQ(of("4096").value, 4096);
  EXPECT_NEAR(of("4096").tolerance, 0.5, 0.01);
  EXPECT_DOUBLE_EQ(of("12.3 k").value, 12300);
  EXPECT_FALSE(read_shown_number("-").has_value());
  EXPECT_FALSE(read_shown_number("3 apples").has_value());
}

TEST(ShownTables, AreTakenApart) {
  const auto tables = read_tables(tables_of_test);
  ASSERT_EQ(tables.size(), 2u);
  EXPECT_THAT(tables[0].columns, testing::ElementsAre("strategy", "time/op", "ratio", "p50",
                                                      "faults r/w/mk", "memory"));
  EXPECT_EQ(tables[0].rows.size(), 2u);
  EXPECT_EQ(tables[1].heading, "where the time goes, ns for a fault");
}

}  // namespace
}  // namespace daxlab
