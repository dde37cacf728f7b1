// Page tables of the simulator under the core's own verbs: several mappings, several processes.
#include <gtest/gtest.h>

#include <array>
#include <functional>

#include "core/engine/simulator/fiber_scheduler.h"
#include "core/engine/simulator/simulated_address_space.h"
#include "core/lab/bare_lab.h"

namespace daxlab {
namespace {

class SimulatedProcesses : public testing::Test {
 protected:
  static constexpr uint64_t pages = 8;
  BareLab lab_;
  SimulatedAddressSpace addresses_{*lab_.region};
  std::unique_ptr<DaxFileSystem> files_ = lab_.files_on(addresses_);
  std::unique_ptr<File> file_ = files_->create("file").take();

  void SetUp() override { ASSERT_TRUE(file_->truncate(pages * page_bytes).ok()); }
  void TearDown() override {
    EXPECT_EQ(addresses_.difference_from_entries(), std::nullopt);
    EXPECT_EQ(lab_.failures.message(), std::nullopt);
  }
  // One after the other, each alone, as a thread of its process.
  void run(std::vector<SimulatedThread> threads) {
    FiberScheduler scheduler;
    auto policy = scripted_policy({});
    const ScheduledRun ran = scheduler.run(threads, *policy);
    EXPECT_EQ(ran.end, RunEnd::completed) << ran.text;
  }
};

TEST_F(SimulatedProcesses, SeeEachOthersStoresThroughOneFile) {
  std::array<std::unique_ptr<View>, 2> views;
  std::array<uint64_t, 2> seen{};
  auto stores = [&](uint32_t process) {
    views[process] = file_->map({0, pages}).take();
    EXPECT_EQ(views[process]->load(page_bytes * (3 + process)), 0u);
    views[process]->store(page_bytes * process, 100 + process);
  };
  auto loads = [&](uint32_t process) {
    seen[process] = views[process]->load(page_bytes * (1 - process));
  };
  run({{[&] { stores(0); }, 0}, {[&] { stores(1); }, 1}});
  run({{[&] { loads(0); }, 0}, {[&] { loads(1); }, 1}});
  EXPECT_EQ(seen[0], 101u);
  EXPECT_EQ(seen[1], 100u);
  uint64_t blocks = 0;
  addresses_.for_each_entry([&](uint32_t, const Mapping&, const PageTableEntry& entry) {
    if (entry.shows.what == ShownPage::What::block) ++blocks;
  });
  EXPECT_EQ(blocks, 4u) << "two pages in two processes";
}

TEST_F(SimulatedProcesses, APunchTakesPagesOutOfAll) {
  std::array<std::unique_ptr<View>, 2> views;
  auto loads_zero = [&](uint32_t process) { EXPECT_EQ(views[process]->load(0), 0u); };
  auto stores = [&](uint32_t process) {
    views[process] = file_->map({0, pages}).take();
    views[process]->store(0, 5);
  };
  run({{[&] { stores(0); }, 0}, {[&] { stores(1); }, 1}});
  run({{[&] { EXPECT_TRUE(file_->punch({0, page_bytes}).ok()); }, 0}});
  uint64_t entries = 0;
  addresses_.for_each_entry([&](uint32_t, const Mapping&, const PageTableEntry&) { ++entries; });
  EXPECT_EQ(entries, 0u);
  run({{[&] { loads_zero(0); }, 0}, {[&] { loads_zero(1); }, 1}});
}

// What was stored to is what sync must flush: no dirty entry without its block's mark.
TEST_F(SimulatedProcesses, DirtyEntriesAreOfMarkedBlocks) {
  std::unique_ptr<View> one = file_->map({0, pages}).take();
  std::unique_ptr<View> other = file_->map({2, pages}).take();
  for (uint64_t page : {0u, 3u, 5u}) one->store(page * page_bytes, 7);
  other->store(page_bytes, 8);
  EXPECT_EQ(one->load(3 * page_bytes), 8u);
  ASSERT_TRUE(file_->sync().ok());
  one->store(0, 9);
  uint64_t dirty = 0;
  addresses_.for_each_entry([&](uint32_t, const Mapping&, const PageTableEntry& entry) {
    if (!entry.shows.dirty) return;
    ++dirty;
    EXPECT_TRUE(lab_.dirty.test(entry.shows.frame)) << to_text(entry.shows);
  });
  EXPECT_EQ(dirty, 4u);
}

TEST_F(SimulatedProcesses, ManyMappingsComeAndGo) {
  for (uint64_t round = 0; round < 100; ++round) {
    std::vector<std::unique_ptr<View>> views;
    for (uint64_t pgoff = 0; pgoff < pages; ++pgoff) {
      views.push_back(file_->map({pgoff, pages - pgoff}).take());
      views.back()->store(0, round + pgoff);
    }
    for (uint64_t pgoff = 0; pgoff < pages; ++pgoff) {
      ASSERT_EQ(views[0]->load(pgoff * page_bytes), round + pgoff);
    }
    ASSERT_EQ(addresses_.difference_from_entries(), std::nullopt);
    views.erase(views.begin() + static_cast<ptrdiff_t>(round % pages));
    ASSERT_TRUE(file_->punch({0, pages * page_bytes}).ok());
    for (auto& view : views) ASSERT_EQ(view->load(0), 0u);
  }
}

}  // namespace
}  // namespace daxlab
