#include "harness/config/cell_config.h"

#include <gtest/gtest.h>

#include <string>

#include "core/base/json.h"
#include "harness/config/fixture_test.h"
#include "harness/config/shipped_configs_test.h"

namespace daxlab {
namespace {

void expect_same(const ErrorOr<Config>& again, const Cell& cell, const std::string& text) {
  ASSERT_TRUE(again.ok()) << again.error().message << "\n" << text;
  ASSERT_EQ(again.value().cells.size(), 1u) << text;
  EXPECT_EQ(again.value().cells[0].name(), cell.name()) << text;
  EXPECT_TRUE(again.value().cells[0] == cell) << text;
  EXPECT_EQ(again.value().seed, cell.seed);
}

TEST(CellConfig, EveryCellOfEveryShippedConfigComesBack) {
  for (const std::filesystem::path& path : shipped_configs()) {
    const ErrorOr<Config> config = load_config(path, overrides_for(path), shipped_registry());
    ASSERT_TRUE(config.ok()) << config.error().message;
    for (const Cell& cell : config.value().cells) {
      const std::string text = cell_config_text(config.value(), cell);
      ASSERT_NO_FATAL_FAILURE(
          expect_same(load_config_text("again", text, {}, shipped_registry()), cell, text));
    }
  }
}

// What shipped configs do not have.
TEST(CellConfig, EveryKeyComesBack) {
  for (const char* text : {
           "seed: 18446744073709551615\ncpus: [1, 0]\nrepetitions: 10000\ntime_limit: 1500ms\n"
           "fault: {name: global_zero, zero_page: kernel, around: 16, keep_own: true}\n"
           "workloads: [{name: write, runtime: 1001ms, ramp: 7, threads: 3, size: 4097}]\n",
           "region: {medium: file, size: 1MiB, path: some/lab.pmem, create: always}\n"
           "workloads: all\n",
           "region: {medium: file, path: /x, create: never}\nworkloads: [hole_read]\n",
           "region: {medium: file, path: \"a\\n\\\"b\\x7f \\u00e9 \\U0001F600 'c #\", size: 1MiB}\n"
           "workloads: [hole_read]\n",
           "engine: baseline\npath: /tmp\nworkloads: [write]\n",
           "engine: baseline\npath: [/tmp, /dev/shm]\nworkloads: [write]\n",
           "engine: baseline\npath: /tmp\nio: [direct, buffered]\nworkloads: [write]\n",
           "matrix: {include: [{engine: baseline, path: /tmp}, {engine: baseline, path: /dev}]}\n"
           "workloads: [write]\n",
           "fault: {name: global_zero, around: [1, 16], zero_page: [own, kernel]}\n"
           "workloads: [{name: write, size: [8KiB, 1MiB], threads: [1, 3]}]\n",
           "userfaultfd: forbidden\nmatrix: {engine: [mmu, simulator, baseline]}\n"
           "workloads: [write]\n",
           "matrix: {engine: [simulator, mmu, baseline], medium: [memfd, file],\n"
           "  fault: [{name: page_zero, cache_limit: 1GiB, delay: 1us}, native_zero]}\n"
           "region: {path: 123, size: 64KiB}\nworkloads: all\n",
       }) {
    const ErrorOr<Config> config = resolve(text);
    ASSERT_TRUE(config.ok()) << config.error().message;
    for (const Cell& cell : config.value().cells) {
      const std::string again = cell_config_text(config.value(), cell, test_workloads());
      ASSERT_NO_FATAL_FAILURE(expect_same(resolve(again), cell, again));
      EXPECT_FALSE(json_or_null(again).is_null()) << again;
    }
  }
}

TEST(CellConfig, WritesOutDefaults) {
  const ErrorOr<Config> config = resolve("workloads: [hole_read]\n");
  ASSERT_TRUE(config.ok()) << config.error().message;
  const Cell& cell = config.value().cells.at(0);
  const Json json = json_or_null(cell_config_text(config.value(), cell, test_workloads()));
  EXPECT_EQ(json["fault"], json_or_null(R"({"name": "global_zero", "around": 1,
                                                     "keep_own": false, "zero_page": "own"})"));
  EXPECT_EQ(json["workloads"], json_or_null(R"([{"name": "hole_read", "threads": 1,
                                                          "size": "32MiB",
                                                          "pattern": "sequential"}])"));
  EXPECT_EQ(json["region"], json_or_null(R"({"medium": "memfd", "size": "64MiB"})"));
  EXPECT_EQ(json["time_limit"], "1min");
}

}  // namespace
}  // namespace daxlab
