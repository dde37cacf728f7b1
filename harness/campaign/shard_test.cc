#include "harness/campaign/shard.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace daxlab {
namespace {

// So many tables with two cells each.
Config tables(size_t count) {
  Config config;
  for (size_t i = 0; i < count; ++i) {
    for (const char* fault : {"page_zero", "global_zero"}) {
      Cell cell;
      cell.workload.name = "workload_" + std::to_string(i);
      cell.fault.name = fault;
      cell.write.name = "partial";
      cell.alloc.name = "first_fit";
      config.cells.push_back(cell);
    }
  }
  return config;
}

std::vector<size_t> places(const std::vector<SelectedCell>& cells) {
  std::vector<size_t> places;
  for (const SelectedCell& cell : cells) places.push_back(cell.place);
  return places;
}

TEST(Shard, IsReadFromItsText) {
  EXPECT_EQ(read_shard("2/4").value(), (Shard{2, 4}));
  EXPECT_EQ(read_shard("10000/10000").value().text(), "10000/10000");
  for (const char* wrong : {"", "2", "/", "2/", "/4", "0/4", "5/4", "2/0", "1/10001", " 2/4",
                            "2/4 ", "-1/4", "+1/4", "2/4/8", "a/b", "2/99999999999999999999"}) {
    const auto shard = read_shard(wrong);
    ASSERT_FALSE(shard.ok()) << wrong;
    EXPECT_NE(shard.error().message.find("expected I/N, such as 2/4"), std::string::npos);
  }
}

TEST(Shard, ShardsHaveEachCellOnceAndCellsOfATableStayTogether) {
  const std::vector<Config> configs = {tables(40)};
  const auto cells = select_cells(configs, {}).take();
  for (const uint64_t count : {1, 2, 7, 100}) {
    std::vector<size_t> all;
    for (uint64_t index = 1; index <= count; ++index) {
      const auto part = places(cells_of_shard(cells, {index, count}));
      for (size_t i = 0; i < part.size(); i += 2) {
        EXPECT_EQ(part[i] % 2, 0u);
        EXPECT_EQ(part[i + 1], part[i] + 1);
      }
      all.insert(all.end(), part.begin(), part.end());
    }
    std::ranges::sort(all);
    EXPECT_EQ(all, places(cells));
  }
}

TEST(Shard, ATableStaysWhereItIsWhenTheMatrixGrows) {
  const std::vector<Config> few = {tables(10)}, many = {tables(30)};
  const auto before = select_cells(few, {}).take(), after = select_cells(many, {}).take();
  for (uint64_t index = 1; index <= 4; ++index) {
    const auto part = places(cells_of_shard(before, {index, 4}));
    auto grown = places(cells_of_shard(after, {index, 4}));
    std::erase_if(grown, [&](size_t place) { return place >= before.size(); });
    EXPECT_EQ(grown, part);
  }
}

// Files of shards that were made by another build, or elsewhere, are merged: this never changes.
TEST(Shard, WhereATableGoesIsFixed) {
  const std::vector<Config> configs = {tables(6)};
  const auto cells = select_cells(configs, {}).take();
  std::vector<uint64_t> shards;
  for (size_t table = 0; table < 6; ++table) {
    for (uint64_t index = 1; index <= 5; ++index) {
      const auto part = places(cells_of_shard(cells, {index, 5}));
      if (std::ranges::count(part, 2 * table) != 0) shards.push_back(index);
    }
  }
  EXPECT_EQ(shards, (std::vector<uint64_t>{1, 3, 5, 3, 4, 5}));
}

TEST(Shard, ShardsForGivesEachTableOneToItselfIfThatCanBe) {
  const std::vector<Config> configs = {tables(6)}, many = {tables(40)};
  const auto cells = select_cells(configs, {}).take();
  const uint64_t count = shards_for(cells, 256);
  for (uint64_t index = 1; index <= count; ++index) {
    EXPECT_LE(cells_of_shard(cells, {index, count}).size(), 2u);
  }
  EXPECT_EQ(shards_for(cells, 1), 1u);
  EXPECT_LE(shards_for(select_cells(many, {}).take(), 8), 8u);
  EXPECT_EQ(shards_for({}, 256), 1u);
}

}  // namespace
}  // namespace daxlab
