// Which cells exclude, include and axes leave and add.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "harness/config/fixture_test.h"

namespace daxlab {
namespace {

using testing::ElementsAre;

TEST(Exclude, LeavesOutWhatMatchesAllItsKeys) {
  EXPECT_THAT(cell_names(R"(
matrix:
  write: [partial, all_or_nothing]
  alloc: [first_fit, per_cpu]
  exclude:
    - {write: all_or_nothing, alloc: per_cpu}
workloads: [write]
)"),
              ElementsAre("write/mmu/memfd/global_zero/partial/first_fit/threads:1",
                          "write/mmu/memfd/global_zero/partial/per_cpu/threads:1",
                          "write/mmu/memfd/global_zero/all_or_nothing/first_fit/threads:1"));
}

TEST(Exclude, ANameMatchesAnyOptionsAMapExactlyThose) {
  const std::string lists =
      "matrix:\n  fault: [global_zero, {name: global_zero, around: 2}, {name: global_zero, around: "
      "4}, native_zero]\n";
  const std::string workloads = "workloads: [hole_read]\n";
  EXPECT_THAT(cell_names(lists + "  exclude: [{fault: global_zero}]\n" + workloads),
              ElementsAre("hole_read/mmu/memfd/native_zero/partial/first_fit/threads:1"));
  EXPECT_THAT(cell_names(lists +
                         "  exclude: [{fault: {name: global_zero, around: 2}}, {fault: {name: "
                         "global_zero}}]\n" +
                         workloads),
              ElementsAre("hole_read/mmu/memfd/global_zero:around=4/partial/first_fit/threads:1",
                          "hole_read/mmu/memfd/native_zero/partial/first_fit/threads:1"));
}

TEST(Exclude, KnowsEnginesMediaAndBaseline) {
  EXPECT_THAT(cell_names(R"(
path: /tmp
region: {path: /x, size: 1MiB}
matrix:
  engine: [mmu, simulator, baseline]
  medium: [memfd, file]
  exclude:
    - {engine: simulator, medium: file}
    - {engine: baseline, workload: write}
    - {medium: memfd, workload: hole_read}
workloads: [hole_read, write]
)"),
              ElementsAre("hole_read/mmu/file/global_zero/partial/first_fit/threads:1",
                          "hole_read/baseline/-/-/-/-/threads:1",
                          "write/mmu/memfd/global_zero/partial/first_fit/threads:1",
                          "write/mmu/file/global_zero/partial/first_fit/threads:1",
                          "write/simulator/memfd/global_zero/partial/first_fit/threads:1"));
}

TEST(Exclude, AWorkloadByNameOrExactlyOne) {
  const std::string text = R"(
matrix:
  write: [partial, all_or_nothing]
  exclude: [{write: all_or_nothing, workload: WORKLOAD}]
workloads: [write, {name: write, threads: 2}, {name: write, size: 1MiB, runtime: 1s}]
)";
  const auto count = [&](const std::string& workload) {
    std::string config = text;
    config.replace(config.find("WORKLOAD"), 8, workload);
    return cell_names(config).size();
  };
  EXPECT_EQ(count("write"), 3u);
  EXPECT_EQ(count("{name: write}"), 5u);
  EXPECT_EQ(count("{name: write, threads: 2}"), 5u);
  EXPECT_EQ(count("{name: write, runtime: 1000ms, size: 1024KiB}"), 5u);
  EXPECT_EQ(cell_names(text, {"matrix.exclude.0.workload={name: write, runtime: 1s}"}).size(), 1u);
}

TEST(Exclude, OtherAxesStayAtTheFirstValueThatIsLeft) {
  EXPECT_THAT(cell_names(R"(
matrix:
  fault: [page_zero, native_zero]
  alloc: [first_fit, per_cpu]
  exclude:
    - {fault: page_zero, alloc: first_fit}
    - {fault: page_zero, workload: enospc}
workloads: [hole_read, enospc]
)"),
              ElementsAre("hole_read/mmu/memfd/page_zero/partial/per_cpu/threads:1",
                          "hole_read/mmu/memfd/native_zero/partial/first_fit/threads:1",
                          "enospc/mmu/memfd/native_zero/partial/first_fit/threads:1",
                          "enospc/mmu/memfd/native_zero/partial/per_cpu/threads:1"));
}

TEST(Include, AddsWhatExcludeHasLeftOut) {
  EXPECT_THAT(cell_names(R"(
matrix:
  fault: [page_zero, native_zero]
  exclude: [{fault: native_zero}]
  include: [{fault: native_zero, write: all_or_nothing}, {fault: native_zero}]
workloads: [hole_read]
)"),
              ElementsAre("hole_read/mmu/memfd/page_zero/partial/first_fit/threads:1",
                          "hole_read/mmu/memfd/native_zero/partial/first_fit/threads:1"));
}

TEST(Include, OfAWorkloadIsOneWholeCell) {
  EXPECT_THAT(cell_names(R"(
path: /tmp
matrix:
  fault: [page_zero, native_zero]
  include:
    - {fault: global_zero, write: all_or_nothing, workload: {name: hole_read, size: 1MiB}}
    - {engine: baseline, workload: {name: write, threads: 3}}
    - {write: all_or_nothing, workload: hole_read}
workloads: [hole_read]
)"),
              ElementsAre("hole_read/mmu/memfd/page_zero/partial/first_fit/threads:1",
                          "hole_read/mmu/memfd/native_zero/partial/first_fit/threads:1",
                          "hole_read:size=1MiB/mmu/memfd/global_zero/all_or_nothing/first_fit/"
                          "threads:1",
                          "write/baseline/-/-/-/-/threads:3",
                          "hole_read/mmu/memfd/page_zero/all_or_nothing/first_fit/threads:1"));
}

TEST(AxesOfAWorkload, ReplaceItsOwn) {
  const std::string matrix =
      "matrix: {fault: [page_zero, native_zero], write: [partial, all_or_nothing], alloc: "
      "[first_fit, per_cpu]}\n";
  EXPECT_THAT(cell_names(matrix + "workloads: [{name: hole_read, axes: [alloc, write]}]\n"),
              ElementsAre("hole_read/mmu/memfd/page_zero/partial/first_fit/threads:1",
                          "hole_read/mmu/memfd/page_zero/partial/per_cpu/threads:1",
                          "hole_read/mmu/memfd/page_zero/all_or_nothing/first_fit/threads:1",
                          "hole_read/mmu/memfd/page_zero/all_or_nothing/per_cpu/threads:1"));
  EXPECT_THAT(cell_names(matrix + "workloads: [{name: write, axes: []}]\n"),
              ElementsAre("write/mmu/memfd/page_zero/partial/first_fit/threads:1"));
}

}  // namespace
}  // namespace daxlab
