// Each of the first allocations of a short workload finds no space in turn: whoever asked says so,
// changes what it says it changed and nothing else, and everything works again.
#include <gtest/gtest.h>

#include <algorithm>
#include <span>
#include <tuple>
#include <vector>

#include "harness/strategies/cells_test.h"

namespace daxlab {
namespace {

class InjectedNoSpace : public testing::TestWithParam<CellNames> {
 protected:
  static constexpr uint64_t pages = 12;
  CallLog calls;
  std::unique_ptr<Lab> lab;
  std::unique_ptr<File> file;
  std::unique_ptr<View> view;
  Bytes expected;
  uint64_t refusals = 0;
  uint64_t used_at_first = 0, free_at_first = 0;

  void assemble(uint64_t no_space_at, bool from_then_on) {
    const auto& [engine, fault, write] = GetParam();
    LabSpec spec = spec_of(
        {.engine = engine, .fault = fault, .write = write, .region_bytes = uint64_t{1} << 20});
    spec.faults.no_space_at = no_space_at;
    spec.faults.no_space_from_then_on = from_then_on;
    auto made = Lab::assemble(spec, calls);
    ASSERT_TRUE(made.ok()) << made.error().message;
    lab = made.take();
    const SpaceUse use = lab->files().space_use();
    used_at_first = use.used_blocks;
    free_at_first = use.free_blocks;
    refusals = 0;
  }

  void write(uint64_t offset, uint64_t length, uint64_t seed) {
    const Bytes bytes = pattern(length, seed);
    const auto written = file->write(offset, bytes);
    uint64_t count = 0;
    if (written.ok()) {
      count = written.value();
      ASSERT_GT(count, 0u);
      if (std::get<2>(GetParam()) != "partial") {
        ASSERT_EQ(count, length) << "all or nothing";
      }
    } else {
      ASSERT_STREQ(describe(written.code()), describe(ErrorCode::no_space));
    }
    if (count < length) ++refusals;
    if (count > 0) expected.resize(std::max<uint64_t>(expected.size(), offset + count));
    std::copy_n(bytes.begin(), count, expected.begin() + static_cast<std::ptrdiff_t>(offset));
    ASSERT_NO_FATAL_FAILURE(compare());
  }
  void store(uint64_t offset, uint64_t value) {
    const Status stored = view->try_store(offset, value);
    if (stored.ok()) {
      const auto bytes = std::as_bytes(std::span(&value, 1));
      std::ranges::copy(bytes, expected.begin() + static_cast<std::ptrdiff_t>(offset));
    } else {
      ASSERT_STREQ(describe(stored.code()), describe(ErrorCode::no_space));
      ++refusals;
    }
    ASSERT_NO_FATAL_FAILURE(compare());
  }
  void compare() {
    Bytes seen(pages * page_bytes);
    const auto count = file->read(0, seen);
    ASSERT_TRUE(count.ok()) << describe(count.code());
    seen.resize(count.value());
    ASSERT_TRUE(seen == expected);
  }
  void run_workload() {
    file = lab->files().create("file").take();
    expected.clear();
    ASSERT_NO_FATAL_FAILURE(write(100, 3 * page_bytes + 100, 1));
    ASSERT_TRUE(file->truncate(pages * page_bytes).ok());
    expected.resize(pages * page_bytes);
    view = file->map({0, pages}).take();
    ASSERT_NO_FATAL_FAILURE(store(6 * page_bytes + 8, 4711));
    // Where a fault is resolved by a fresh block, a load may be refused too.
    if (const auto loaded = view->try_load(8 * page_bytes); loaded.ok()) {
      ASSERT_EQ(loaded.value(), 0u);
    } else {
      ASSERT_STREQ(describe(loaded.code()), describe(ErrorCode::no_space));
      ++refusals;
    }
    ASSERT_NO_FATAL_FAILURE(write(2 * page_bytes + 4000, page_bytes + 500, 2));
    ASSERT_NO_FATAL_FAILURE(write(9 * page_bytes, 2 * page_bytes, 3));
    ASSERT_NO_FATAL_FAILURE(store(11 * page_bytes, 4712));
    ASSERT_EQ(lab->failure(), std::nullopt) << *lab->failure();
    const SpaceUse use = lab->files().space_use();
    ASSERT_EQ(use.used_blocks + use.free_blocks, use.total_blocks);
  }
  void end_workload() {
    view.reset();
    file.reset();
    ASSERT_TRUE(lab->files().unlink("file").ok());
    const SpaceUse use = lab->files().space_use();
    ASSERT_EQ(use.used_blocks, used_at_first);
    ASSERT_EQ(use.free_blocks, free_at_first);
  }
};

TEST_P(InjectedNoSpace, AtEachAllocationOnce) {
  uint64_t refused_runs = 0;
  for (uint64_t n = 1; n <= 12; ++n) {
    SCOPED_TRACE(n);
    ASSERT_NO_FATAL_FAILURE(assemble(n, false));
    ASSERT_NO_FATAL_FAILURE(run_workload());
    ASSERT_LE(refusals, 1u);
    refused_runs += refusals;
    ASSERT_NO_FATAL_FAILURE(end_workload());
    refusals = 0;
    if (n > 6) continue;
    // Whatever is left of the count is used up first.
    ASSERT_NO_FATAL_FAILURE(run_workload());
    ASSERT_NO_FATAL_FAILURE(end_workload());
    refusals = 0;
    ASSERT_NO_FATAL_FAILURE(run_workload());
    ASSERT_EQ(refusals, 0u);
    ASSERT_NO_FATAL_FAILURE(end_workload());
  }
  EXPECT_GE(refused_runs, 4u);
}

TEST_P(InjectedNoSpace, FromAnAllocationOn) {
  for (uint64_t n = 1; n <= 6; ++n) {
    SCOPED_TRACE(n);
    ASSERT_NO_FATAL_FAILURE(assemble(n, true));
    ASSERT_NO_FATAL_FAILURE(run_workload());
    ASSERT_GE(refusals, 1u);
    ASSERT_NO_FATAL_FAILURE(end_workload());
  }
}

INSTANTIATE_TEST_SUITE_P(All, InjectedNoSpace,
                         testing::Combine(testing::Values(EngineKind::simulator, EngineKind::mmu),
                                          testing::ValuesIn(fault_variants()),
                                          testing::ValuesIn(write_variants())),
                         name_of_cell);

}  // namespace
}  // namespace daxlab
