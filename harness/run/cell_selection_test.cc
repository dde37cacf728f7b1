#include "harness/run/cell_selection.h"

#include <gtest/gtest.h>

namespace daxlab {
namespace {

Cell a_cell(const std::string& workload, const std::string& fault) {
  Cell cell;
  cell.workload.name = workload;
  cell.fault.name = fault;
  cell.write.name = "partial";
  cell.alloc.name = "first_fit";
  return cell;
}

std::vector<Config> two_configs() {
  std::vector<Config> configs(2);
  configs[0].cells = {a_cell("hole_read", "page_zero"), a_cell("hole_read", "global_zero")};
  configs[1].cells = {a_cell("mkwrite", "global_zero")};
  return configs;
}

std::vector<std::string> names(const std::vector<SelectedCell>& cells) {
  std::vector<std::string> all;
  for (const SelectedCell& selected : cells) {
    all.push_back(selected.cell->workload.name + " " + selected.cell->fault.name);
  }
  return all;
}

TEST(CellSelection, WithoutAGlobAllCellsInTheOrderOfTheConfigs) {
  const auto configs = two_configs();
  const auto cells = select_cells(configs, {});
  ASSERT_TRUE(cells.ok());
  EXPECT_EQ(names(cells.value()),
            (std::vector<std::string>{"hole_read page_zero", "hole_read global_zero",
                                      "mkwrite global_zero"}));
  EXPECT_EQ(cells.value()[2].config, &configs[1]);
}

TEST(CellSelection, AStarCrossesTheSlashesOfAName) {
  const auto configs = two_configs();
  const auto cells = select_cells(configs, {"*/global_zero/*"});
  ASSERT_TRUE(cells.ok());
  EXPECT_EQ(names(cells.value()),
            (std::vector<std::string>{"hole_read global_zero", "mkwrite global_zero"}));
}

TEST(CellSelection, AGlobThatMatchesNothingNamesTheNearestCell) {
  const auto configs = two_configs();
  const auto cells = select_cells(configs, {"mkwrit/*/global_zer*"});
  ASSERT_FALSE(cells.ok());
  EXPECT_NE(cells.error().message.find("matches none of 3 cells"), std::string::npos);
  EXPECT_NE(cells.error().message.find("'" + configs[1].cells[0].name() + "'"), std::string::npos);
}

TEST(CellSelection, TheOneOfSeveralGlobsThatMatchesNothingIsNamed) {
  const auto configs = two_configs();
  const auto cells = select_cells(configs, {"mkwrite*", "!nowhere*"});
  ASSERT_FALSE(cells.ok());
  EXPECT_NE(cells.error().message.find("'!nowhere*' matches none of 3"), std::string::npos);
}

TEST(CellSelection, WhatIsTakenAwayWholeIsAnError) {
  const auto configs = two_configs();
  const auto cells = select_cells(configs, {"mkwrite*", "!*global_zero*"});
  ASSERT_FALSE(cells.ok());
  EXPECT_NE(cells.error().message.find("leaves none of 3 cells"), std::string::npos);
}

}  // namespace
}  // namespace daxlab
