#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "harness/config/fixture_test.h"

namespace daxlab {
namespace {

using testing::ElementsAre;

TEST(GoodConfig, DefaultsFillWhatIsNotGiven) {
  const ErrorOr<Config> config = resolve_good("workloads: [hole_read]");
  ASSERT_TRUE(config.ok()) << config.error().message;
  EXPECT_EQ(config.value().path, "t.yaml");
  ASSERT_EQ(config.value().cells.size(), 1u);
  const Cell& cell = config.value().cells[0];
  EXPECT_EQ(cell.name(), "hole_read/mmu/memfd/global_zero/partial/first_fit/threads:1");
  EXPECT_EQ(cell.seed, 1u);
  EXPECT_EQ(cell.repetitions, 1u);
  EXPECT_EQ(cell.region_bytes, uint64_t{64} << 20);
  EXPECT_EQ(cell.time_limit, std::chrono::seconds(60));
  EXPECT_THAT(cell.workload.values, ElementsAre(uint64_t{32} << 20, 0));
  EXPECT_THAT(cell.fault.values, ElementsAre(1, 0, 0));
  EXPECT_EQ(config.value().plugins.size(), 3u);
  EXPECT_EQ(config.value().plugin(PluginKind::write, "partial").name, "partial");
}

TEST(GoodConfig, EveryKeyReachesTheCell) {
  const ErrorOr<Config> config = resolve_good(R"(
seed: 7
region: {medium: memfd, size: 1GiB}
engine: simulator
fault: {name: global_zero, zero_page: kernel, around: 16, keep_own: true}
write: all_or_nothing
alloc: per_cpu
repetitions: 5
time_limit: 1500ms
workloads:
  - {name: write, size: 6KiB, pattern: random}
)");
  ASSERT_TRUE(config.ok()) << config.error().message;
  const Cell& cell = config.value().cells.at(0);
  EXPECT_EQ(
      cell.name(),
      "write:size=6KiB,pattern=random/simulator/memfd/"
      "global_zero:around=16,keep_own=true,zero_page=kernel/all_or_nothing/per_cpu/threads:1");
  EXPECT_EQ(cell.seed, 7u);
  EXPECT_EQ(cell.repetitions, 5u);
  EXPECT_EQ(cell.region_bytes, uint64_t{1} << 30);
  EXPECT_EQ(cell.time_limit, std::chrono::milliseconds(1500));
  EXPECT_THAT(cell.workload.values, ElementsAre(6144, 1));
  EXPECT_THAT(cell.fault.values, ElementsAre(16, 1, 1));
}

TEST(GoodConfig, ThreadsReachTheCell) {
  const ErrorOr<Config> config = resolve_good("workloads: [{name: write, threads: 4}]");
  ASSERT_TRUE(config.ok()) << config.error().message;
  EXPECT_EQ(config.value().cells.at(0).threads, 4u);
}

TEST(GoodConfig, DefaultsWrittenOutAreNotInTheName) {
  EXPECT_THAT(cell_names("workloads: [{name: hole_read, size: 33554432, pattern: sequential, "
                         "threads: 1}]\nfault: {name: global_zero, around: 1}"),
              ElementsAre("hole_read/mmu/memfd/global_zero/partial/first_fit/threads:1"));
}

TEST(GoodConfig, WorkloadRunsOnceForAxesThatItDoesNotExercise) {
  EXPECT_THAT(cell_names(R"(
matrix:
  fault: [page_zero, native_zero]
  write: [all_or_nothing, partial]
workloads: [hole_read, enospc]
)"),
              ElementsAre("hole_read/mmu/memfd/page_zero/all_or_nothing/first_fit/threads:1",
                          "hole_read/mmu/memfd/native_zero/all_or_nothing/first_fit/threads:1",
                          "enospc/mmu/memfd/page_zero/all_or_nothing/first_fit/threads:1",
                          "enospc/mmu/memfd/page_zero/partial/first_fit/threads:1"));
}

TEST(GoodConfig, BaselineIsOneCellForEachWorkloadThatItCanRun) {
  const ErrorOr<Config> config = resolve_good(R"(
path: /tmp
matrix:
  engine: [baseline, mmu]
  fault: [page_zero, global_zero]
workloads: all
)");
  ASSERT_TRUE(config.ok()) << config.error().message;
  std::vector<std::string> names;
  for (const Cell& cell : config.value().cells) names.push_back(cell.name());
  EXPECT_THAT(names, ElementsAre("hole_read/baseline/-/-/-/-/threads:1",
                                 "hole_read/mmu/memfd/page_zero/partial/first_fit/threads:1",
                                 "hole_read/mmu/memfd/global_zero/partial/first_fit/threads:1",
                                 "write/baseline/-/-/-/-/threads:1",
                                 "write/mmu/memfd/page_zero/partial/first_fit/threads:1",
                                 "enospc/mmu/memfd/page_zero/partial/first_fit/threads:1",
                                 "sparse/baseline/-/-/-/-/threads:1",
                                 "sparse/mmu/memfd/page_zero/partial/first_fit/threads:1",
                                 "sparse/mmu/memfd/global_zero/partial/first_fit/threads:1"));
  const Cell& baseline = config.value().cells[0];
  EXPECT_EQ(baseline.directory, "/tmp");
  EXPECT_EQ(baseline.fault.name, "");
  EXPECT_EQ(baseline.region_bytes, 0u);
}

TEST(GoodConfig, BaselineAloneNeedsNoPlugin) {
  const PluginLookup none = [](PluginKind, std::string_view) -> ErrorOr<PluginDescription> {
    return Error{"no plugins here"};
  };
  const ErrorOr<Config> config = resolve_config(
      "t.yaml", "engine: baseline\npath: /tmp\nworkloads: [write]", {}, none, test_workloads());
  ASSERT_TRUE(config.ok()) << config.error().message;
  EXPECT_TRUE(config.value().plugins.empty());
}

TEST(GoodConfig, IncludeAddsWholeCells) {
  EXPECT_THAT(cell_names(R"(
matrix:
  fault: [page_zero]
  include:
    - {engine: baseline, path: /tmp}
    - {fault: {name: global_zero, around: 16}, write: all_or_nothing}
workloads: [hole_read, enospc]
)"),
              ElementsAre("hole_read/mmu/memfd/page_zero/partial/first_fit/threads:1",
                          "hole_read/baseline/-/-/-/-/threads:1",
                          "hole_read/mmu/memfd/global_zero:around=16/partial/first_fit/threads:1",
                          "enospc/mmu/memfd/page_zero/partial/first_fit/threads:1",
                          "enospc/mmu/memfd/page_zero/all_or_nothing/first_fit/threads:1"));
}

TEST(GoodConfig, ThreadsAndOptionsTellWorkloadsApart) {
  EXPECT_THAT(
      cell_names("workloads: [enospc, {name: enospc, threads: 4}, "
                 "{name: enospc, threads: 4, on_short: fail}]"),
      ElementsAre("enospc/mmu/memfd/global_zero/partial/first_fit/threads:1",
                  "enospc/mmu/memfd/global_zero/partial/first_fit/threads:4",
                  "enospc:on_short=fail/mmu/memfd/global_zero/partial/first_fit/threads:4"));
}

TEST(GoodConfig, ARegionFileIsForCellsOfThatMedium) {
  const ErrorOr<Config> config = resolve_good(
      "region: {size: 1MiB, path: some/lab.pmem}\n"
      "matrix: {engine: [mmu, baseline], medium: [memfd, file]}\npath: /tmp\n"
      "workloads: [hole_read]\n");
  ASSERT_TRUE(config.ok()) << config.error().message;
  ASSERT_EQ(config.value().cells.size(), 3u);
  const Cell& memfd = config.value().cells[0];
  EXPECT_EQ(memfd.name(), "hole_read/mmu/memfd/global_zero/partial/first_fit/threads:1");
  EXPECT_EQ(memfd.region_path, "");
  EXPECT_EQ(memfd.region_bytes, uint64_t{1} << 20);
  const Cell& file = config.value().cells[1];
  EXPECT_EQ(file.name(), "hole_read/mmu/file/global_zero/partial/first_fit/threads:1");
  EXPECT_EQ(file.region_path, "some/lab.pmem");
  EXPECT_EQ(file.region_bytes, uint64_t{1} << 20);
  EXPECT_EQ(file.create, CreateRegion::if_missing);
  EXPECT_FALSE(file.force);
  EXPECT_EQ(config.value().cells[2].region_path, "");
  EXPECT_EQ(config.value().cells[2].region_bytes, 0u);
}

TEST(GoodConfig, ARegionThatIsThereSaysItsSizeItself) {
  const ErrorOr<Config> config =
      resolve_good("region: {medium: file, path: /x, create: never}\nworkloads: [hole_read]\n");
  ASSERT_TRUE(config.ok()) << config.error().message;
  EXPECT_EQ(config.value().cells[0].create, CreateRegion::never);
  EXPECT_EQ(config.value().cells[0].region_bytes, 0u);
  const ErrorOr<Config> sized = resolve_good(
      "workloads: [hole_read]\n",
      {"region.medium=file", "region.path=/x", "region.create=never", "region.size=2MiB"});
  ASSERT_TRUE(sized.ok()) << sized.error().message;
  EXPECT_EQ(sized.value().cells[0].region_bytes, uint64_t{2} << 20);
}

TEST(GoodConfig, AnIncludedCellMayHaveTheFile) {
  EXPECT_THAT(cell_names("region: {path: /x, size: 1MiB, create: always}\n"
                         "matrix: {include: [{medium: file}]}\nworkloads: [hole_read]\n"),
              ElementsAre("hole_read/mmu/memfd/global_zero/partial/first_fit/threads:1",
                          "hole_read/mmu/file/global_zero/partial/first_fit/threads:1"));
}

// YAML would take most of these for something else; not so the words before them.
TEST(GoodConfig, AnOverrideOfAPathIsThePathAsItIs) {
  for (const std::string path : {"a #b", "{a}.pmem", "[a, b]", "a: b", "'a'", "\"a", "~", "1e3",
                                 " a", "*a", "&a b", "!a", "- a", "# a"}) {
    const ErrorOr<Config> region =
        resolve("workloads: [hole_read]\n",
                {"region.medium=file", "region.size=1MiB", "region.path=" + path});
    ASSERT_TRUE(region.ok()) << region.error().message;
    EXPECT_EQ(region.value().cells[0].region_path, path);
    const ErrorOr<Config> included =
        resolve("matrix: {include: [{engine: baseline, path: /tmp}]}\nworkloads: [hole_read]\n",
                {"matrix.include.0.path=/" + path});
    ASSERT_FALSE(included.ok());
    EXPECT_THAT(included.error().message, testing::HasSubstr("'/" + path + "' is no folder"));
  }
}

TEST(GoodConfig, OverridesReplaceAndCreate) {
  const ErrorOr<Config> config = resolve_good(
      "seed: nonsense\nfault: global_zero\nworkloads:\n  - hole_read\n  - {name: write, "
      "size: 1MiB}\n",
      {"seed=9", "region.size=128MiB", "fault.around=16", "workloads.0.pattern=random",
       "workloads.1.size=2MiB", "matrix.write=[partial, all_or_nothing]", "seed=10"});
  ASSERT_TRUE(config.ok()) << config.error().message;
  ASSERT_EQ(config.value().cells.size(), 3u);
  const Cell& first = config.value().cells[0];
  EXPECT_EQ(first.seed, 10u);
  EXPECT_EQ(first.region_bytes, uint64_t{128} << 20);
  EXPECT_EQ(first.name(),
            "hole_read:pattern=random/mmu/memfd/global_zero:around=16/partial/first_fit/threads:1");
  EXPECT_EQ(config.value().cells[2].name(),
            "write:size=2MiB/mmu/memfd/global_zero:around=16/all_or_nothing/first_fit/threads:1");
}

TEST(GoodConfig, PluginsAreThoseThatCellsAndCombinationsName) {
  // enospc does not exercise the fault axis: no cell has global_zero, but a combination has.
  const ErrorOr<Config> config =
      resolve_good("matrix: {fault: [page_zero, global_zero]}\nworkloads: [enospc]");
  ASSERT_TRUE(config.ok()) << config.error().message;
  std::vector<std::string> names;
  for (const PluginDescription& plugin : config.value().plugins) names.push_back(plugin.name);
  EXPECT_THAT(names, ElementsAre("page_zero", "global_zero", "partial", "first_fit"));
}

std::vector<std::string> combination_names(std::string_view text) {
  const ErrorOr<Config> config = resolve_good(text);
  if (!config.ok()) return {"error: " + config.error().message};
  std::vector<std::string> names;
  for (const Combination& combination : config.value().combinations) {
    names.push_back(combination.name());
  }
  return names;
}

TEST(GoodConfig, CombinationsAreAllOfTheStrategiesEachOnce) {
  // Whatever engine, medium and workload, and also of axes that no workload uses.
  EXPECT_THAT(combination_names("matrix:\n  engine: [mmu, simulator, baseline]\n"
                                "  fault: [page_zero, {name: global_zero, around: 16}]\n"
                                "  write: [partial, all_or_nothing]\n"
                                "workloads: [hole_read, {name: hole_read, size: 1MiB}]"),
              ElementsAre("page_zero/partial/first_fit", "page_zero/all_or_nothing/first_fit",
                          "global_zero:around=16/partial/first_fit",
                          "global_zero:around=16/all_or_nothing/first_fit"));
}

TEST(GoodConfig, CombinationsLeaveOutWhatIsExcludedFromEveryWorkload) {
  EXPECT_THAT(combination_names(
                  "matrix:\n  fault: [page_zero, global_zero]\n"
                  "  write: [partial, all_or_nothing]\n"
                  "  exclude: [{fault: page_zero, write: partial},\n"
                  "            {fault: global_zero, workload: hole_read}]\n"
                  "  include: [{fault: native_zero, alloc: per_cpu},\n"
                  "            {fault: global_zero, engine: simulator, workload: hole_read}]\n"
                  "workloads: [hole_read, write]"),
              ElementsAre("page_zero/all_or_nothing/first_fit", "global_zero/partial/first_fit",
                          "global_zero/all_or_nothing/first_fit", "native_zero/partial/per_cpu"));
  EXPECT_THAT(combination_names("engine: baseline\npath: /tmp\nworkloads: [hole_read]"),
              ElementsAre());
}

TEST(GoodConfig, EachPluginIsLookedUpOnce) {
  int lookups = 0;
  const PluginLookup counting = [&](PluginKind kind, std::string_view name) {
    ++lookups;
    return find_test_plugin(kind, name);
  };
  const ErrorOr<Config> config = resolve_config(
      "t.yaml", "matrix: {fault: [global_zero, {name: global_zero, around: 2}]}\nworkloads: all",
      {}, counting, test_workloads());
  ASSERT_TRUE(config.ok()) << config.error().message;
  EXPECT_EQ(lookups, 3);
}

}  // namespace
}  // namespace daxlab
