// A store into a hole for which there is no block: a bus error, and nothing else. What other
// mappings show there was right and stays, so that they take no fault for it.
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "harness/strategies/cells_test.h"

namespace daxlab {
namespace {

// Those that show zeros over holes.
std::vector<std::string> zero_page_variants() {
  std::vector<std::string> variants = fault_variants();
  std::erase_if(variants,
                [](const std::string& name) { return name.starts_with("alloc_on_read"); });
  return variants;
}

class RefusedStore : public testing::TestWithParam<CellNames> {
 protected:
  void SetUp() override {
    const auto& [engine, fault, write] = GetParam();
    LabSpec spec = spec_of(
        {.engine = engine, .fault = fault, .write = write, .region_bytes = uint64_t{1} << 20});
    spec.faults.no_space_at = 1;
    auto made = Lab::assemble(spec, calls);
    ASSERT_TRUE(made.ok()) << made.error().message;
    lab = made.take();
    file = lab->files().create("file").take();
    ASSERT_TRUE(file->truncate(pages * page_bytes).ok());
    for (int i = 0; i < 3; ++i) views.push_back(file->map({0, pages}).take());
  }
  void expect_everywhere(uint64_t value) {
    for (const auto& view : views) EXPECT_EQ(view->load(at), value);
  }
  uint64_t count(Counter counter) const { return lab->counters().sum(counter); }

  static constexpr uint64_t pages = 8;
  static constexpr uint64_t at = 3 * page_bytes;
  CallLog calls;
  std::unique_ptr<Lab> lab;
  std::unique_ptr<File> file;
  std::vector<std::unique_ptr<View>> views;
};

TEST_P(RefusedStore, NoMappingTakesAFaultForIt) {
  expect_everywhere(0);
  const uint64_t reads = count(Counter::faults_read);
  EXPECT_EQ(views[0]->try_store(at, 7).code(), ErrorCode::no_space);
  EXPECT_EQ(count(Counter::faults_mkwrite) + count(Counter::faults_write), 1u);
  expect_everywhere(0);
  EXPECT_EQ(count(Counter::faults_read), reads);

  // With a block, all of them see it.
  EXPECT_TRUE(views[1]->try_store(at, 8).ok());
  expect_everywhere(8);
  EXPECT_EQ(lab->failure(), std::nullopt) << *lab->failure();
}

INSTANTIATE_TEST_SUITE_P(Strategies, RefusedStore,
                         testing::Combine(testing::Values(EngineKind::simulator, EngineKind::mmu),
                                          testing::ValuesIn(zero_page_variants()),
                                          testing::Values("partial")),
                         name_of_cell);

}  // namespace
}  // namespace daxlab
