#include "harness/report/page_size_line.h"

#include <gtest/gtest.h>

#include "core/base/sizes.h"

namespace daxlab {
namespace {

CellSummary cell_with(std::map<std::string, double> counters) {
  CellSummary cell;
  cell.runs.emplace_back().counters = std::move(counters);
  return cell;
}

TEST(PageSizeLine, RowsStandUnderTheirCauses) {
  WorkloadGroup group;
  group.cells = {cell_with({{"pages_4k_bytes", 4.0 * MiB}, {"small_by_strategy_bytes", 4.0 * MiB}}),
                 cell_with({{"pages_2m_bytes", 4.0 * MiB}, {"pages_4k_bytes", 0}}),
                 cell_with({{"pages_2m_bytes", 2.0 * MiB},
                            {"pages_4k_bytes", 6.0 * MiB},
                            {"small_by_strategy_bytes", 2.0 * MiB},
                            {"small_by_block_bytes", 4.0 * MiB}})};
  EXPECT_EQ(page_size_line(group, {"a", "b", "c"}),
            "  2 MiB entries: b 100%, c 25%; 4 KiB instead by strategy: a, c; by block alignment: "
            "c\n");
}

TEST(PageSizeLine, NothingIsSaidOfMappingsThatAreTooShort) {
  WorkloadGroup group;
  group.cells = {cell_with({{"pages_4k_bytes", 1.0 * MiB}, {"pages_2m_bytes", 0}}), cell_with({})};
  EXPECT_EQ(page_size_line(group, {"a", "b"}), "");
}

}  // namespace
}  // namespace daxlab
