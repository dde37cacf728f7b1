#include "harness/config/several_configs.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "harness/config/fixture_test.h"

namespace daxlab {
namespace {

std::vector<Config> configs_of(const std::vector<std::string>& texts) {
  std::vector<Config> configs;
  for (const std::string& text : texts) {
    const std::string path = "c" + std::to_string(configs.size()) + ".yaml";
    ErrorOr<Config> config = resolve_config(path, text, {}, find_test_plugin, test_workloads());
    EXPECT_TRUE(config.ok()) << config.error().message;
    if (config.ok()) configs.push_back(config.take());
  }
  return configs;
}

std::string error_of(const std::vector<std::string>& texts) {
  std::vector<Config> configs = configs_of(texts);
  const std::optional<Error> error = join_configs(configs);
  return error ? error->message : "";
}

TEST(SeveralConfigs, EqualCellsAreThereOnce) {
  std::vector<Config> configs =
      configs_of({"workloads: [hole_read]\nfault: page_zero\n",
                  "workloads: [hole_read, write]\nmatrix: {fault: [native_zero, page_zero]}\n",
                  "workloads: [hole_read]\nfault: page_zero\norder: listed\n"});
  configs[1].cells[1].force = true;
  const std::optional<Error> error = join_configs(configs);
  ASSERT_FALSE(error.has_value()) << error->message;
  EXPECT_EQ(configs[0].cells.size(), 1u);
  ASSERT_EQ(configs[1].cells.size(), 2u);
  EXPECT_EQ(configs[1].cells[0].name(),
            "hole_read/mmu/memfd/native_zero/partial/first_fit/threads:1");
  EXPECT_EQ(configs[1].cells[1].workload.name, "write");
  EXPECT_TRUE(configs[2].cells.empty());
}

TEST(SeveralConfigs, OneNameForTwoCellsIsAnError) {
  const std::string cell = "hole_read/mmu/memfd/global_zero/partial/first_fit/threads:1";
  const std::string end = "; make them equal (--set), or run the configs one by one";
  const std::string plain = "workloads: [hole_read]\n";
  const auto expect_difference = [&](const std::string& keys, const std::string& difference) {
    EXPECT_EQ(error_of({plain, "workloads: [write]\n", plain + keys}),
              "c2.yaml: cell " + cell + " is in c0.yaml too, but here with " + difference + end);
  };
  expect_difference("repetitions: 5\n", "repetitions 5 instead of 1");
  expect_difference("seed: 5\n", "seed 5 instead of 1");
  expect_difference("time_limit: 90s\n", "time_limit 90s instead of 1min");
  expect_difference("cpus: [1, 0]\n", "cpus [1, 0] instead of []");
  expect_difference("userfaultfd: forbidden\n", "userfaultfd forbidden instead of allowed");
  expect_difference("region: {size: 1MiB}\n", "region.size 1MiB instead of 64MiB");
  EXPECT_EQ(error_of({"engine: baseline\nworkloads: [write]\n",
                      "engine: baseline\npath: /tmp\nworkloads: [write]\n"}),
            "c1.yaml: cell write/baseline/-/-/-/-/threads:1 is in c0.yaml too, but here with path "
            "'/tmp' instead of '/dev/shm'" +
                end);
  const std::string file = "region: {medium: file, size: 1MiB, path: /x, create: ";
  EXPECT_EQ(
      error_of({plain + file + "always}\n", plain + file + "if_missing}\n"}),
      "c1.yaml: cell hole_read/mmu/file/global_zero/partial/first_fit/threads:1 is in c0.yaml "
      "too, but here with region.create if_missing instead of always" +
          end);
}

}  // namespace
}  // namespace daxlab
