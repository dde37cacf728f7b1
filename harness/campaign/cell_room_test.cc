#include "harness/campaign/cell_room.h"

#include "core/base/made_up_tree_test.h"
#include "harness/campaign/records_test.h"
#include "harness/workloads/file_options.h"

namespace daxlab {
namespace {

class CellRoom : public MadeUpTree {
 protected:
  void SetUp() override {
    MadeUpTree::SetUp();
    mount_version_2("/a");
    write("sys/fs/cgroup/a/memory.max", "67108864\n");
    write("sys/fs/cgroup/a/memory.stat", "anon 16777216\n");
  }
  std::vector<std::string> warnings(const Config& config, uint64_t jobs = 1) const {
    std::vector<SelectedCell> cells;
    for (const Cell& cell : config.cells) cells.push_back({&config, &cell});
    return room_warnings(cells, jobs, root_);
  }
  static Config with_region(uint64_t region_bytes) {
    Config config = a_config(2, 1);
    for (Cell& cell : config.cells) {
      cell.engine = EngineKind::mmu;
      cell.region_bytes = region_bytes;
    }
    return config;
  }
};

TEST_F(CellRoom, ARegionThatMayNotFitIntoItsGroupIsNamed) {
  EXPECT_TRUE(warnings(with_region(uint64_t{48} << 20)).empty());
  const std::vector<std::string> said = warnings(with_region(uint64_t{49} << 20));
  ASSERT_EQ(said.size(), 1u);
  EXPECT_NE(said[0].find("a region of 49 MiB in memory, and memory.max = 64 MiB in " +
                         (root_ / "sys/fs/cgroup/a").string() + ", 16 MiB in use"),
            std::string::npos)
      << said[0];
}

TEST_F(CellRoom, CellsThatRunAtOnceAreCountedTogether) {
  const Config config = with_region(uint64_t{30} << 20);
  EXPECT_TRUE(warnings(config).empty());
  const std::vector<std::string> said = warnings(config, 8);
  ASSERT_EQ(said.size(), 1u);
  EXPECT_NE(said[0].find("2 cells run at once"), std::string::npos) << said[0];
}

TEST_F(CellRoom, ABaselineFileThatIsLargerThanItsFolderIsNamed) {
  Config config = a_config(1, 1);
  config.cells[0].directory = root_;
  const OptionTable table = make_workload("hole_read")->description().options;
  for (uint32_t option = 0; option < table.count; ++option) {
    if (option_label(table.options[option].name) != "size") continue;
    config.cells[0].workload.values[option] = 1 << 20;
    EXPECT_TRUE(warnings(config).empty());
    config.cells[0].workload.values[option] = uint64_t{1} << 60;
  }
  const std::vector<std::string> said = warnings(config);
  ASSERT_EQ(said.size(), 1u);
  EXPECT_NE(said[0].find("has a file of 1048576 TiB, and " + root_.string() + " has "),
            std::string::npos)
      << said[0];
}

}  // namespace
}  // namespace daxlab
