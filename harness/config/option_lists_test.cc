// Lists of values where an option has its value, and of folders for baseline.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "harness/config/bad_config_test.h"
#include "harness/config/config_loader.h"
#include "harness/config/fixture_test.h"

namespace daxlab {
namespace {

using testing::ElementsAre;

TEST(OptionList, OfAPluginIsAnAxisOfItsOwn) {
  EXPECT_THAT(
      cell_names("matrix: {fault: [page_zero, {name: global_zero, around: [1, 16, 512]}]}\n"
                 "workloads: [hole_read]\n"),
      ElementsAre("hole_read/mmu/memfd/page_zero/partial/first_fit/threads:1",
                  "hole_read/mmu/memfd/global_zero/partial/first_fit/threads:1",
                  "hole_read/mmu/memfd/global_zero:around=16/partial/first_fit/threads:1",
                  "hole_read/mmu/memfd/global_zero:around=512/partial/first_fit/threads:1"));
}

TEST(OptionList, StandsInASingleValueToo) {
  EXPECT_THAT(cell_names("fault: {zero_page: [kernel, own], name: global_zero, around: [2, 4]}\n"
                         "workloads: [hole_read]\n"),
              ElementsAre("hole_read/mmu/memfd/global_zero:around=2,zero_page=kernel/partial/"
                          "first_fit/threads:1",
                          "hole_read/mmu/memfd/global_zero:around=4,zero_page=kernel/partial/"
                          "first_fit/threads:1",
                          "hole_read/mmu/memfd/global_zero:around=2/partial/first_fit/threads:1",
                          "hole_read/mmu/memfd/global_zero:around=4/partial/first_fit/threads:1"));
}

TEST(OptionList, OfAWorkloadAndItsThreads) {
  EXPECT_THAT(cell_names("engine: baseline\npath: /tmp\n"
                         "workloads: [{name: write, size: [1MiB, 2MiB], threads: [1, 4]}]\n"),
              ElementsAre("write:size=1MiB/baseline/-/-/-/-/threads:1",
                          "write:size=1MiB/baseline/-/-/-/-/threads:4",
                          "write:size=2MiB/baseline/-/-/-/-/threads:1",
                          "write:size=2MiB/baseline/-/-/-/-/threads:4"));
}

TEST(OptionList, OfOneValueIsThatValue) {
  const auto one = resolve_good(
      "fault: {name: global_zero, around: [16]}\n"
      "workloads: [{name: write, size: [8KiB], pattern: [random], threads: [2]}]\n");
  const auto plain = resolve_good(
      "fault: {name: global_zero, around: 16}\n"
      "workloads: [{name: write, size: 8KiB, pattern: random, threads: 2}]\n");
  ASSERT_TRUE(one.ok()) << one.error().message;
  ASSERT_TRUE(plain.ok()) << plain.error().message;
  EXPECT_EQ(one.value().cells, plain.value().cells);
}

TEST(OptionList, ComesFromAnOverrideToo) {
  EXPECT_EQ(cell_names("workloads: [{name: write}]\n", {"workloads.0.threads=[1, 2, 4]"}).size(),
            3u);
}

TEST(OptionList, LeavesIncludedCellsTheFirstOfItsValues) {
  EXPECT_THAT(cell_names("fault: {name: global_zero, around: [4, 2]}\n"
                         "matrix: {include: [{write: all_or_nothing}]}\n"
                         "workloads: [{name: hole_read, axes: []}]\n"),
              ElementsAre("hole_read/mmu/memfd/global_zero:around=4/partial/first_fit/threads:1"));
}

TEST(OptionList, IsCombinedAndExcludedByValue) {
  const auto config = resolve_good(
      "matrix:\n  fault: [{name: global_zero, around: [1, 2, 4]}]\n"
      "  exclude: [{fault: {name: global_zero, around: 2}}]\n"
      "workloads: [hole_read]\n");
  ASSERT_TRUE(config.ok()) << config.error().message;
  EXPECT_EQ(config.value().cells.size(), 2u);
  EXPECT_EQ(config.value().combinations.size(), 2u);
}

TEST(ThreadRoles, SayHowManyThreadsThereAre) {
  const auto threads = [](const std::string& options) -> std::vector<uint64_t> {
    const auto config = resolve_config("t.yaml", "workloads: [{name: mixed, " + options + "}]\n",
                                       {}, find_test_plugin, all_workloads());
    if (!config.ok()) ADD_FAILURE() << config.error().message;
    std::vector<uint64_t> counts;
    for (size_t i = 0; config.ok() && i < config.value().cells.size(); ++i) {
      counts.push_back(config.value().cells[i].threads);
    }
    return counts;
  };
  EXPECT_THAT(threads("readers: 4, writers: 1"), ElementsAre(5));
  EXPECT_THAT(threads("readers: 4, writers: 1, threads: 5"), ElementsAre(5));
  EXPECT_THAT(threads("readers: [1, 3], writers: [0, 2]"), ElementsAre(1, 3, 3, 5));
  EXPECT_THAT(threads("threads: 3"), ElementsAre(3));
  EXPECT_THAT(threads("readers: 0"), ElementsAre(1));
}

TEST(ThreadRoles, HaveToFitTheThreads) {
  const auto message = [](const std::string& options) {
    const auto config = resolve_config("t.yaml", "workloads: [{name: mixed, " + options + "}]\n",
                                       {}, find_test_plugin, all_workloads());
    return config.ok() ? "good" : config.error().message;
  };
  EXPECT_EQ(message("readers: 4, writers: 1, threads: 4"),
            "t.yaml:1:60: threads of mixed: readers and writers are 5 in all, found 4; expected 5 "
            "or no such key");
  EXPECT_EQ(message("readers: 40, writers: 30"),
            "t.yaml:1:13: readers and writers of mixed: 70 threads in all, expected at most 64");
}

TEST(PathList, GivesEachBaselineItsPathInItsName) {
  const auto config = resolve_good(
      "path: [/dev/shm, /tmp/]\nmatrix: {engine: [baseline, mmu]}\nworkloads: [write]\n");
  ASSERT_TRUE(config.ok()) << config.error().message;
  std::vector<std::string> names, directories;
  for (const Cell& cell : config.value().cells) {
    names.push_back(cell.name());
    directories.push_back(cell.directory.string());
  }
  EXPECT_THAT(names, ElementsAre("write/baseline/dev-shm/-/-/-/threads:1",
                                 "write/baseline/tmp/-/-/-/threads:1",
                                 "write/mmu/memfd/global_zero/partial/first_fit/threads:1"));
  EXPECT_THAT(directories, ElementsAre("/dev/shm", "/tmp/", ""));
}

TEST(PathList, OfOneShowsItToo) {
  EXPECT_THAT(cell_names("engine: baseline\npath: [/tmp]\nworkloads: [write]\n"),
              ElementsAre("write/baseline/tmp/-/-/-/threads:1"));
}

TEST(PathList, IncludedBaselinesOfSeveralPathsAreNamedAlike) {
  EXPECT_THAT(
      cell_names("matrix:\n  include: [{engine: baseline, path: /dev},"
                 " {engine: baseline, path: /tmp, workload: hole_read}]\n"
                 "workloads: [write]\n"),
      ElementsAre("write/mmu/memfd/global_zero/partial/first_fit/threads:1",
                  "write/baseline/dev/-/-/-/threads:1", "hole_read/baseline/tmp/-/-/-/threads:1"));
}

TEST(DirectoryName, IsShortAndFitForAFile) {
  EXPECT_EQ(directory_name("/dev/shm"), "dev-shm");
  EXPECT_EQ(directory_name("/var/tmp/"), "var-tmp");
  EXPECT_EQ(directory_name("a b/*"), "a_b-_");
  EXPECT_EQ(directory_name("/"), "root");
}

const std::string of_global_zero = "matrix: {fault: [{name: global_zero, ";

INSTANTIATE_TEST_SUITE_P(
    OptionLists, BadConfigTest,
    testing::Values(
        BadConfig{good_config + of_global_zero + "around: []}]}\n",
                  "t.yaml:2:46: around of global_zero: expected a list of values, found an empty "
                  "list"},
        BadConfig{good_config + of_global_zero + "around: [1, 16, 1]}]}\n",
                  "t.yaml:2:54: duplicate value 1 in around of global_zero, first at 2:47; change "
                  "or remove one of them"},
        BadConfig{good_config + "fault: {name: page_zero, cache_limit: [4KiB, 4096]}\n",
                  "t.yaml:2:46: duplicate value 4096 in cache_limit of page_zero, first at 2:40; "
                  "change or remove one of them",
                  {},
                  equal_in_other_words},
        BadConfig{good_config + of_global_zero + "around: [1, 0]}]}\n",
                  "t.yaml:2:50: around of global_zero: 0 is out of range, expected 1 to 512"},
        BadConfig{good_config + of_global_zero + "around: [[1], 2]}]}\n",
                  "t.yaml:2:47: around of global_zero: expected one value here, found a list"},
        BadConfig{good_config + of_global_zero +
                      "around: [1, 2]}, {name: global_zero, around: "
                      "2}]}\n",
                  "t.yaml:2:55: duplicate value global_zero:around=2 in fault of matrix, first at "
                  "2:18; change or remove one of them",
                  {},
                  equal_in_other_words},
        BadConfig{good_config + "matrix: {exclude: [{fault: {name: global_zero, around: [1]}}]}\n",
                  "t.yaml:2:56: around of global_zero: expected one value here, found a list"},
        BadConfig{good_config + "matrix: {include: [{workload: {name: write, threads: [1, 2]}}]}\n",
                  "t.yaml:2:54: threads of write: expected one value here, found a list"},
        BadConfig{"workloads: [{name: write, threads: [1, 2, 1]}]\n",
                  "t.yaml:1:43: duplicate value 1 in threads of write, first at 1:37; change or "
                  "remove one of them"},
        BadConfig{"workloads: [{name: write, size: [8KiB, 1KiB]}]\n",
                  "t.yaml:1:40: size of write: 1KiB is out of range, expected 4KiB to 1GiB"},
        BadConfig{"workloads: [{name: hole_read, threads: [1, 2]}]\n",
                  "t.yaml:1:44: threads of hole_read: it runs in one thread, found 2; expected 1 "
                  "or no such key"},
        BadConfig{"workloads: [{name: write, size: [1MiB, 2MiB]}, {name: write, size: 2MiB}]\n",
                  "t.yaml:1:48: duplicate workload write:size=2MiB with threads: 1, first at 1:13; "
                  "change or remove one of them",
                  {},
                  equal_in_other_words}));

// The right option beside it is not what is wrong.
INSTANTIATE_TEST_SUITE_P(
    WrongBesideRight, BadConfigTest,
    testing::Values(
        BadConfig{good_config + "matrix: {fault: [{name: global_zero}, {name: global_zero, "
                                "arround: 16}]}\n",
                  "t.yaml:2:59: unknown key of global_zero 'arround', expected one of name, "
                  "around, keep_own, zero_page; did you mean 'around'?"},
        BadConfig{good_config + "matrix: {fault: [{name: global_zero}, {name: global_zero, around: "
                                "x}]}\n",
                  "t.yaml:2:67: around of global_zero: expected a whole number, found 'x'"},
        BadConfig{"workloads: [write, {name: write, sice: 1MiB}]\n",
                  "t.yaml:1:34: unknown key of write 'sice', expected one of name, threads, "
                  "runtime, ramp, axes, size, pattern; did you mean 'size'?"}));

std::string numbers(int end) {
  std::string list = "[1";
  for (int i = 2; i < end; ++i) list += ", " + std::to_string(i);
  return list + "]";
}

std::string message_of(const std::string& text) {
  const auto config = resolve(text);
  return config.ok() ? "good" : config.error().message;
}

TEST(OptionList, HasABound) {
  EXPECT_EQ(message_of(good_config + "fault: {name: page_zero, delay: " + numbers(100) +
                       ", cache_limit: " + numbers(100) + "}\n"),
            "t.yaml:2:435: the lists of one entry are more than 4096 combinations; shorten them");
  EXPECT_EQ(message_of("workloads: [{name: write, threads: " + numbers(33) +
                       ", pattern: [random, "
                       "sequential]},\n {name: write, size: 1MiB, threads: " +
                       numbers(65) + "},\n" +
                       " {name: hole_read, size: [1MiB, 2MiB], pattern: [random, sequential]}]\n"),
            "good");
}

TEST(OptionList, GivesNoMoreCellsThanCanBeRun) {
  EXPECT_EQ(message_of("matrix: {write: [partial, all_or_nothing], alloc: [first_fit, per_cpu],\n"
                       "  fault: [{name: global_zero, around: " +
                       numbers(512) + "}]}\n" +
                       "workloads: [{name: write, size: [4KiB, 8KiB], axes: [fault, write, alloc], "
                       "threads: " +
                       numbers(60) + "}]\n"),
            "t.yaml:3:13: more than 100000 cells; shorten the lists");
}

TEST(OptionLists, IoIsAnAxisOfBaselineWhereCallsAreMade) {
  const std::string head = "engine: baseline\npath: /tmp\n";
  EXPECT_THAT(
      cell_names(head + "io: [direct, buffered]\nworkloads: [write, hole_read]\n"),
      ElementsAre("write/baseline/-/-/direct/-/threads:1", "write/baseline/-/-/-/-/threads:1",
                  "hole_read/baseline/-/-/direct/-/threads:1"));
  EXPECT_THAT(
      cell_names("io: direct\nmatrix:\n  include: [{engine: baseline, path: /tmp},\n"
                 "            {engine: baseline, path: /tmp, io: buffered}]\n"
                 "  exclude: [{engine: mmu}]\nworkloads: [write]\n"),
      ElementsAre("write/baseline/-/-/direct/-/threads:1", "write/baseline/-/-/-/-/threads:1"));
}

}  // namespace
}  // namespace daxlab
