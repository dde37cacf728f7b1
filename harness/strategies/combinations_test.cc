// With several threads, some order explains what they saw of each word: for fault x write x alloc x
// medium, every two values of two axes together in some row. DAXLAB_SEED chooses the histories.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "harness/histories/concurrent.h"
#include "harness/strategies/named_lab.h"
#include "harness/strategies/pairwise.h"

namespace daxlab {
namespace {

constexpr uint64_t histories_of_all_rows = 880;

struct Axis {
  const char* name;
  std::vector<std::string> values;
};

std::vector<std::string> alloc_names() {
  return {"first_fit", "extent_tree", "huge_aligned", "per_cpu"};
}

// Another axis is one more line here, and one more in lab_of.
std::vector<Axis> axes() {
  return {{"fault", fault_variants()},
          {"write", write_variants()},
          {"alloc", alloc_names()},
          {"medium", {"memfd", "file"}}};
}

// One value of each axis, in their order.
using Row = std::vector<std::string>;

std::vector<Row> rows() {
  const std::vector<Axis> all = axes();
  std::vector<size_t> lengths;
  for (const Axis& axis : all) lengths.push_back(axis.values.size());
  std::vector<Row> named;
  for (const std::vector<size_t>& row : pairwise_rows(lengths)) {
    Row& values = named.emplace_back();
    for (size_t axis = 0; axis < all.size(); ++axis) {
      values.push_back(all[axis].values[row[axis]]);
    }
  }
  return named;
}

std::string name_of_row(const testing::TestParamInfo<Row>& info) {
  std::string name;
  for (const std::string& value : info.param) name += (name.empty() ? "" : "_") + value;
  return in_test_name(name);
}

class Combinations : public testing::TestWithParam<Row> {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "daxlab_combinations_XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr) << pattern;
    folder_ = pattern;
  }
  void TearDown() override {
    if (!folder_.empty()) std::filesystem::remove_all(folder_);
  }
  NamedLab lab_of(const Row& row) const {
    NamedLab names{.fault = row[0], .write = row[1], .alloc = row[2]};
    if (row[3] == "file") {
      names.region_path = folder_ / "region.pmem";
      names.create = CreateRegion::always;
    }
    return names;
  }
  std::filesystem::path folder_;
};

TEST_P(Combinations, SomeOrderExplainsSeveralThreads) {
  const std::unique_ptr<Lab> lab = make_lab(lab_of(GetParam()));
  const uint64_t histories = explored_by_each(histories_of_all_rows, rows().size());
  const ConcurrentVerdict verdict = check_concurrent_histories(
      lab->files(), first_seed(), histories, 4, PunchRule::at_once, Truncates::some);
  EXPECT_EQ(verdict.failure, std::nullopt) << *verdict.failure;
  if (can_run_at_once()) {
    EXPECT_GT(verdict.overlapping_pairs, 0u);
  }
  EXPECT_GT(verdict.words, histories);
  EXPECT_EQ(lab->failure(), std::nullopt) << *lab->failure();
  const SpaceUse use = lab->files().space_use();
  EXPECT_EQ(use.used_blocks + use.free_blocks, use.total_blocks);
  std::printf("%lu histories, %lu words judged, %lu overlapping pairs\n", histories, verdict.words,
              verdict.overlapping_pairs);
  RecordProperty("words", std::to_string(verdict.words));
}

INSTANTIATE_TEST_SUITE_P(Pairwise, Combinations, testing::ValuesIn(rows()), name_of_row);

// No allocator that is shipped stands outside of the table.
TEST(CombinationTable, HasEveryAllocator) {
  std::vector<std::string> shipped;
  const std::filesystem::path folder = std::filesystem::path(DAXLAB_PLUGIN_FOLDER) / "alloc";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".so") shipped.push_back(entry.path().stem().string());
  }
  std::vector<std::string> listed = alloc_names();
  std::ranges::sort(shipped);
  std::ranges::sort(listed);
  EXPECT_EQ(listed, shipped);
}

}  // namespace
}  // namespace daxlab
