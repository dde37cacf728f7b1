#include "harness/campaign/exclusive_resources.h"

#include <gtest/gtest.h>

#include "core/base/file_system_type.h"
#include "harness/campaign/records_test.h"
#include "harness/run/scratch_folder.h"

namespace daxlab {
namespace {

class ExclusiveResources : public testing::Test {
 protected:
  Cell& add(const std::filesystem::path& directory, uint64_t region_bytes = 0) {
    Cell cell = a_config(1, 1).cells[0];
    cell.directory = directory;
    cell.region_bytes = region_bytes;
    return config_.cells.emplace_back(cell);
  }
  void add_region(const std::filesystem::path& path) {
    Cell& cell = add({});
    cell.engine = EngineKind::mmu;
    cell.medium = MediumKind::file;
    cell.region_path = path;
  }
  std::vector<std::string> resources() const {
    std::vector<SelectedCell> cells;
    for (const Cell& cell : config_.cells) cells.push_back({&config_, &cell});
    return exclusive_resources(cells);
  }

  ScratchFolder folder_ = ScratchFolder::make("/var/tmp").take();
  Config config_;
};

TEST_F(ExclusiveResources, ARegionIsOneWhateverItIsCalled) {
  add_region(folder_.path() / "lab.pmem");
  add_region(folder_.path() / "." / "lab.pmem");
  add_region(folder_.path() / "other.pmem");
  add(folder_.path());
  const auto named = resources();
  EXPECT_EQ(named[0], named[1]);
  EXPECT_NE(named[0], named[2]);
  EXPECT_EQ(named[3], "");
}

TEST_F(ExclusiveResources, WhoFillsAFileSystemHasItAlone) {
  if (is_tmpfs(folder_.path())) GTEST_SKIP() << "/var/tmp is a tmpfs";
  add(folder_.path(), 1 << 20);
  add(folder_.path());
  add_region(folder_.path() / "lab.pmem");
  const auto named = resources();
  EXPECT_TRUE(named[0].starts_with("device "));
  EXPECT_EQ(named[1], named[0]);
  EXPECT_EQ(named[2], named[0]);
}

TEST_F(ExclusiveResources, OfATmpfsEachHasItsOwn) {
  if (!is_tmpfs("/dev/shm")) GTEST_SKIP() << "/dev/shm is no tmpfs";
  add("/dev/shm", 1 << 20);
  add("/dev/shm");
  EXPECT_EQ(resources(), (std::vector<std::string>{"", ""}));
}

}  // namespace
}  // namespace daxlab
