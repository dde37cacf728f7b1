// What it takes to map and to unmap: calls to the kernel, and entries of the mapping that are
// touched. Neither depends on how long a mapping or a sparse file is, nor on how many mappings
// there are.
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/prctl.h>

#include <algorithm>
#include <memory>
#include <tuple>
#include <vector>

#include "core/dax/mapping.h"
#include "harness/failures/kernel_calls.h"
#include "harness/strategies/each_strategy.h"

namespace daxlab {
namespace {

struct Cost {
  uint64_t map_calls = 0;
  uint64_t unmap_calls = 0;
  uint64_t touched_pages = 0;  // of the tables of entries and states
};

// One call more or less: where the kernel's addresses happen to be aligned, none go back.
void expect_same(const Cost& cost, const Cost& other) {
  EXPECT_NEAR(static_cast<double>(cost.map_calls), static_cast<double>(other.map_calls), 1);
  EXPECT_EQ(cost.unmap_calls, other.unmap_calls);
  EXPECT_EQ(cost.touched_pages, other.touched_pages);
}

// Longer than what has its entries on the heap; and so long that one more call or look for each
// page would take for ever, or all memory.
constexpr uint64_t short_pages = uint64_t{1} << 14, long_pages = uint64_t{1} << 24;

// The label of a fault strategy, and whether userfaultfd is forbidden.
class MapCosts : public testing::TestWithParam<std::tuple<std::string, bool>> {
 protected:
  MapCosts() {
    // A huge page would be touched as a whole.
    EXPECT_EQ(prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0), 0);
    start(plan_);
    NamedLab named = lab_of(std::get<0>(GetParam()));
    named.region_bytes = uint64_t{4} << 20;
    lab_ = make_lab(named);
    file_ = lab_->files().create("file").take();
    // The first mapping of a file makes its page cache.
    EXPECT_TRUE(file_->map({0, 1}).ok());
  }
  ~MapCosts() override { prctl(PR_SET_THP_DISABLE, 0, 0, 0, 0); }

  bool serves_zeros() const { return std::get<0>(GetParam()) == "native_zero"; }
  void set_size(uint64_t pages) { ASSERT_TRUE(file_->truncate(pages * page_bytes).ok()); }

  static uint64_t touched_pages_of_table(uint64_t pages) {
    const std::span<std::byte> table = memory_given(pages * Mapping::table_bytes_of_a_page);
    EXPECT_FALSE(table.empty());
    std::vector<unsigned char> resident((table.size() + page_bytes - 1) / page_bytes);
    EXPECT_EQ(mincore(table.data(), table.size(), resident.data()), 0);
    return static_cast<uint64_t>(
        std::ranges::count_if(resident, [](unsigned char page) { return (page & 1) != 0; }));
  }

  // Of one call, and what it takes.
  template <class Call>
  uint64_t calls_of(Call call) const {
    start(plan_);
    {
      const Armed counted;
      call();
    }
    return calls_so_far().kernel_calls();
  }

  Cost cost_of(uint64_t pages) {
    Cost cost;
    std::unique_ptr<View> view;
    cost.map_calls = calls_of([&] {
      auto mapped = file_->map({0, pages});
      if (mapped.ok()) view = mapped.take();
    });
    EXPECT_NE(view, nullptr);
    cost.touched_pages = touched_pages_of_table(pages);
    cost.unmap_calls = calls_of([&] { view.reset(); });
    return cost;
  }

  const FailurePlan plan_ = {.userfaultfd_forbidden = std::get<1>(GetParam())};
  std::unique_ptr<Lab> lab_;
  std::unique_ptr<File> file_;
};

TEST_P(MapCosts, AreThoseOfAShortFileForALongSparseOne) {
  set_size(short_pages);
  const Cost cost = cost_of(short_pages);
  EXPECT_GE(cost.map_calls, 4u);
  EXPECT_EQ(cost.touched_pages, 0u);
  set_size(long_pages);
  expect_same(cost_of(long_pages), cost);
}

TEST_P(MapCosts, AreThoseOfAShortMappingForALongOneBeyondTheEnd) {
  for (const uint64_t pages_in_file : {0, 16}) {
    set_size(pages_in_file);
    const Cost cost = cost_of(short_pages);
    EXPECT_EQ(cost.touched_pages, 0u);
    expect_same(cost_of(long_pages), cost);
  }
}

TEST_P(MapCosts, AreTheSameBesideManyMappings) {
  set_size(short_pages);
  const Cost alone = cost_of(short_pages);
  auto other = lab_->files().create("other").take();
  std::vector<std::unique_ptr<View>> views;
  for (uint64_t i = 0; i < 400; ++i) {
    views.push_back((i % 2 == 0 ? file_ : other)->map({0, 16}).take());
  }
  expect_same(cost_of(short_pages), alone);
}

// Where the kernel serves zeros by itself it is kept from the 2 MiB around a block, by the same
// calls for each run of those; elsewhere blocks take nothing until they are touched.
TEST_P(MapCosts, OfBlocksAreThoseOfTheRunsOf2MiBTheyLieIn) {
  set_size(short_pages);
  const auto write_page = [&](uint64_t page) {
    const uint64_t word = 1;
    ASSERT_TRUE(file_->write(page * page_bytes, std::as_bytes(std::span(&word, 1))).ok());
  };
  const Cost empty = cost_of(short_pages);
  for (uint64_t page = 0; page < max_fault_pages; page += 16) write_page(page);
  const Cost one_run = cost_of(short_pages);
  for (uint64_t page = 8; page < max_fault_pages; page += 16) write_page(page);
  expect_same(cost_of(short_pages), one_run);
  for (uint64_t run = 1; run < 5; ++run) write_page(2 * run * max_fault_pages);
  const Cost five_runs = cost_of(short_pages);
  if (!serves_zeros()) {
    expect_same(one_run, empty);
    return expect_same(five_runs, empty);
  }
  const auto calls = [&](const Cost& cost) {
    return static_cast<double>(cost.map_calls) - static_cast<double>(empty.map_calls);
  };
  EXPECT_GE(calls(one_run), 0);
  EXPECT_NEAR(calls(five_runs), 5 * calls(one_run), 6);
  EXPECT_LE(five_runs.touched_pages, 2 * 5u + 2)
      << "those of the runs, of their neighbours, and of their states";
  EXPECT_EQ(five_runs.unmap_calls, empty.unmap_calls);
}

// What is cut off is no more than there was of the file, however far a mapping goes.
TEST_P(MapCosts, OfATruncationAreThoseOfTheFileNotOfItsMapping) {
  const auto calls_to_truncate = [&](uint64_t pages) {
    set_size(16);
    start(plan_);
    std::unique_ptr<View> view;
    {
      const Armed counted;
      view = file_->map({0, pages}).take();
    }
    EXPECT_TRUE(view->try_load(0).ok());
    EXPECT_TRUE(view->try_store(page_bytes, 1).ok());
    uint64_t calls = 0;
    {
      const Armed counted;
      const uint64_t before = calls_so_far().kernel_calls();
      EXPECT_TRUE(file_->truncate(0).ok());
      calls = calls_so_far().kernel_calls() - before;
    }
    EXPECT_LE(touched_pages_of_table(pages), 2u) << "one of entries, one of states";
    EXPECT_EQ(view->try_load(0).code(), ErrorCode::beyond_end);
    return calls;
  };
  const uint64_t calls = calls_to_truncate(short_pages);
  EXPECT_EQ(calls_to_truncate(long_pages), calls);
}

std::string name_of_case(const testing::TestParamInfo<std::tuple<std::string, bool>>& info) {
  return in_test_name(std::get<0>(info.param)) +
         (std::get<1>(info.param) ? "_without_userfaultfd" : "");
}

INSTANTIATE_TEST_SUITE_P(Failures, MapCosts,
                         testing::Combine(testing::Values("page_zero", "global_zero", "native_zero",
                                                          "alloc_on_read"),
                                          testing::Bool()),
                         name_of_case);

}  // namespace
}  // namespace daxlab
