// Order, CPUs, runtimes, and what YAML offers for what stands twice.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "harness/config/fixture_test.h"

namespace daxlab {
namespace {

using testing::ElementsAre;

TEST(Order, IsRandomUnlessListed) {
  const ErrorOr<Config> random = resolve_good("seed: 9\nworkloads: [hole_read]\n");
  ASSERT_TRUE(random.ok()) << random.error().message;
  EXPECT_TRUE(random.value().random_order);
  EXPECT_EQ(random.value().seed, 9u);
  const ErrorOr<Config> listed = resolve_good("order: listed\nworkloads: [hole_read]\n");
  ASSERT_TRUE(listed.ok()) << listed.error().message;
  EXPECT_FALSE(listed.value().random_order);
  const ErrorOr<Config> again = resolve_good("order: random\nworkloads: [hole_read]\n");
  ASSERT_TRUE(again.ok()) << again.error().message;
  EXPECT_TRUE(again.value().random_order);
}

TEST(Cpus, ReachEveryCellInTheirOrder) {
  const ErrorOr<Config> config = resolve_good(
      "cpus: [7, '1023', 0]\nmatrix: {engine: [mmu, baseline]}\nworkloads: [hole_read]\n");
  ASSERT_TRUE(config.ok()) << config.error().message;
  ASSERT_EQ(config.value().cells.size(), 2u);
  for (const Cell& cell : config.value().cells) EXPECT_THAT(cell.cpus, ElementsAre(7, 1023, 0));
}

TEST(Userfaultfd, IsForbiddenToCellsThatWouldUseIt) {
  const std::string yaml = "matrix: {engine: [mmu, simulator, baseline]}\nworkloads: [hole_read]\n";
  const auto forbidden = [](const ErrorOr<Config>& config) {
    EXPECT_TRUE(config.ok()) << config.error().message;
    std::vector<bool> cells;
    for (const Cell& cell : config.value().cells) cells.push_back(cell.userfaultfd_forbidden);
    return cells;
  };
  EXPECT_THAT(forbidden(resolve_good(yaml)), ElementsAre(false, false, false));
  EXPECT_THAT(forbidden(resolve_good(yaml + "userfaultfd: allowed\n")),
              ElementsAre(false, false, false));
  EXPECT_THAT(forbidden(resolve_good(yaml + "userfaultfd: forbidden\n")),
              ElementsAre(true, false, false));
  EXPECT_THAT(forbidden(resolve_good(yaml, {"userfaultfd=forbidden"})),
              ElementsAre(true, false, false));
}

TEST(Runtime, IsPartOfTheName) {
  const ErrorOr<Config> config = resolve_good(
      "workloads:\n  - {name: write, size: 1MiB, runtime: 5s, ramp: 1500ms}\n"
      "  - {name: write, runtime: 59s, ramp: 0}\n  - write\n");
  ASSERT_TRUE(config.ok()) << config.error().message;
  const std::vector<Cell>& cells = config.value().cells;
  ASSERT_EQ(cells.size(), 3u);
  EXPECT_EQ(cells[0].runtime, std::chrono::seconds(5));
  EXPECT_EQ(cells[0].ramp, std::chrono::milliseconds(1500));
  const std::string rest = "/mmu/memfd/global_zero/partial/first_fit/threads:1";
  EXPECT_EQ(cells[0].name(), "write:size=1MiB,runtime=5s,ramp=1500ms" + rest);
  EXPECT_EQ(cells[1].name(), "write:runtime=59s" + rest);
  EXPECT_EQ(cells[2].name(), "write" + rest);
  EXPECT_EQ(cells[2].runtime.count(), 0);
}

TEST(Yaml, AnchorsAndAliasesStandForTheirValues) {
  EXPECT_THAT(cell_names(R"(
x-sizes: {small: &small 1MiB, large: &large 8MiB}
x-plugin: &sparing {name: global_zero, keep_own: true}
matrix:
  fault: &faults [page_zero, *sparing]
workloads:
  - {name: hole_read, size: *small}
  - {name: hole_read, size: *large}
)"),
              ElementsAre("hole_read:size=1MiB/mmu/memfd/page_zero/partial/first_fit/threads:1",
                          "hole_read:size=1MiB/mmu/memfd/global_zero:keep_own=true/partial/"
                          "first_fit/threads:1",
                          "hole_read:size=8MiB/mmu/memfd/page_zero/partial/first_fit/threads:1",
                          "hole_read:size=8MiB/mmu/memfd/global_zero:keep_own=true/partial/"
                          "first_fit/threads:1"));
}

TEST(Yaml, MergedKeysGiveWayToTheMapsOwnAndToEarlierMaps) {
  EXPECT_THAT(cell_names(R"(
x-defaults: &defaults {size: 1MiB, pattern: random}
x-more: &more
  <<: *defaults
  size: 2MiB
workloads:
  - {name: write, <<: *defaults}
  - {<<: *more, name: write}
  - {<<: [*more, *defaults, {name: write}], size: 3MiB}
  - <<: [{size: 4MiB}, *more]
    name: write
)"),
              ElementsAre("write:size=1MiB,pattern=random/mmu/memfd/global_zero/partial/first_fit/"
                          "threads:1",
                          "write:size=2MiB,pattern=random/mmu/memfd/global_zero/partial/first_fit/"
                          "threads:1",
                          "write:size=3MiB,pattern=random/mmu/memfd/global_zero/partial/first_fit/"
                          "threads:1",
                          "write:size=4MiB,pattern=random/mmu/memfd/global_zero/partial/first_fit/"
                          "threads:1"));
}

TEST(Yaml, MergesAtTheTopAndEmptyMapsAreFine) {
  EXPECT_THAT(cell_names("x-all: &all {seed: 4, workloads: [hole_read]}\nx-none: &none {}\n"
                         "<<: [*all, *none]\nregion: {<<: []}\nx-a.b: ~\n"),
              ElementsAre("hole_read/mmu/memfd/global_zero/partial/first_fit/threads:1"));
}

TEST(Yaml, AnOverrideChangesOneUseOfAnAnchor) {
  EXPECT_THAT(cell_names("x-a: &a {name: hole_read, size: 1MiB}\nworkloads: [*a, *a]\n",
                         {"workloads.1.size=2MiB", "x-b.c=1"}),
              ElementsAre("hole_read:size=1MiB/mmu/memfd/global_zero/partial/first_fit/threads:1",
                          "hole_read:size=2MiB/mmu/memfd/global_zero/partial/first_fit/threads:1"));
}

TEST(Yaml, ANameMayBeGivenTwice) {
  EXPECT_THAT(cell_names("x-a: &a 1MiB\nx-b: &a 2MiB\nworkloads: [{name: write, size: *a}]\n"),
              ElementsAre("write:size=2MiB/mmu/memfd/global_zero/partial/first_fit/threads:1"));
}

}  // namespace
}  // namespace daxlab
