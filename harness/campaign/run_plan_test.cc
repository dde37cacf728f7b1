#include "harness/campaign/run_plan.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace daxlab {
namespace {

Config config_of(size_t cells, uint64_t repetitions, bool random_order, uint64_t seed = 1) {
  Config config;
  config.cells.resize(cells);
  for (Cell& cell : config.cells) cell.repetitions = repetitions;
  config.random_order = random_order;
  config.seed = seed;
  return config;
}

std::vector<PlannedRun> plan_of(const std::vector<Config>& configs) {
  return plan_runs(select_cells(configs, {}).take());
}

std::vector<PlannedRun> listed(const std::vector<Config>& configs) {
  std::vector<Config> in_order = configs;
  for (Config& config : in_order) config.random_order = false;
  return plan_of(in_order);
}

std::vector<PlannedRun> sorted(std::vector<PlannedRun> plan) {
  std::sort(plan.begin(), plan.end(), [](const PlannedRun& a, const PlannedRun& b) {
    return std::pair(a.cell, a.repetition) < std::pair(b.cell, b.repetition);
  });
  return plan;
}

TEST(RunPlan, ListedOrderIsThatOfCellsAndTheirRepetitions) {
  EXPECT_EQ(plan_of({config_of(2, 2, false), config_of(1, 1, false)}),
            (std::vector<PlannedRun>{{0, 0}, {0, 1}, {1, 0}, {1, 1}, {2, 0}}));
}

TEST(RunPlan, RandomOrderHasEveryRunOnceAndIsTheSameForTheSameSeed) {
  const std::vector<Config> configs = {config_of(10, 5, true, 7)};
  const auto plan = plan_of(configs);
  EXPECT_EQ(sorted(plan), listed(configs));
  EXPECT_NE(plan, listed(configs));
  EXPECT_EQ(plan, plan_of(configs));
  EXPECT_NE(plan, plan_of({config_of(10, 5, true, 8)}));
}

TEST(RunPlan, SeveralConfigsAreShuffledAsOne) {
  const std::vector<Config> configs = {config_of(10, 2, true), config_of(10, 2, true)};
  const auto plan = plan_of(configs);
  EXPECT_EQ(sorted(plan), listed(configs));
  const bool mixed = std::any_of(plan.begin(), plan.begin() + 20,
                                 [](const PlannedRun& run) { return run.cell >= 10; });
  EXPECT_TRUE(mixed);
}

TEST(RunPlan, RunsOfAListedConfigKeepTheirPlaces) {
  const std::vector<Config> configs = {config_of(8, 2, true), config_of(2, 2, false)};
  const auto plan = plan_of(configs), in_order = listed(configs);
  EXPECT_TRUE(std::equal(plan.begin() + 16, plan.end(), in_order.begin() + 16));
  EXPECT_FALSE(std::equal(plan.begin(), plan.begin() + 16, in_order.begin()));
}

// What the seed gives shall not change from one version to the next without notice.
TEST(RunPlan, TheOrderOfASeedIsFixed) {
  EXPECT_EQ(plan_of({config_of(5, 1, true, 1)}),
            (std::vector<PlannedRun>{{1, 0}, {4, 0}, {0, 0}, {2, 0}, {3, 0}}));
}

}  // namespace
}  // namespace daxlab
