#include "harness/report/own_figures.h"

#include <gtest/gtest.h>

#include <sstream>

namespace daxlab {
namespace {

WorkloadGroup group_of(size_t cells, const std::vector<std::string>& figures) {
  WorkloadGroup group;
  for (size_t i = 0; i < cells; ++i) {
    CellSummary cell;
    ResultRecord record;
    record.counters = {{"p50_ns", 7}, {"operations", 9}};
    for (const std::string& figure : figures)
      record.counters[figure] = static_cast<double>(i) + 0.5;
    cell.runs.push_back(record);
    group.cells.push_back(cell);
  }
  return group;
}

size_t widest_line(const std::string& text) {
  size_t widest = 0;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) widest = std::max(widest, line.size());
  return widest;
}

TEST(OwnFigures, FewCellsStandBesideEachOther) {
  EXPECT_EQ(own_figures_table(group_of(2, {"extents", "files"}), {"one", "two"}),
            "            one   two\n"
            "  extents  0.50  1.50\n"
            "  files    0.50  1.50\n");
}

TEST(OwnFigures, WithoutAnyThereIsNoTable) {
  EXPECT_EQ(own_figures_table(group_of(2, {}), {"one", "two"}), "");
}

TEST(OwnFigures, ManyCellsStandBelowEachOtherWithinTheTerminal) {
  std::vector<std::string> figures, labels;
  for (int i = 0; i < 9; ++i) figures.push_back("a_figure_of_its_own_" + std::to_string(i));
  for (int i = 0; i < 12; ++i) labels.push_back("memfd strategy_" + std::to_string(i));
  const std::string text = own_figures_table(group_of(12, figures), labels);
  EXPECT_LE(widest_line(text), terminal_columns);
  for (const std::string& figure : figures) {
    EXPECT_NE(text.find(figure), std::string::npos) << figure;
  }
  EXPECT_NE(text.find("  memfd strategy_11"), std::string::npos);
  EXPECT_NE(text.find("11.50"), std::string::npos);
}

TEST(OwnFigures, OneThatIsTooWideAloneIsShownAllTheSame) {
  const std::string name(150, 'x');
  const std::string text = own_figures_table(group_of(1, {name, "other"}), {"one"});
  EXPECT_NE(text.find(name), std::string::npos);
  EXPECT_NE(text.find("other"), std::string::npos);
}

}  // namespace
}  // namespace daxlab
