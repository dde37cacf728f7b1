#include "harness/campaign/run_queue.h"

#include <gtest/gtest.h>

#include <set>

namespace daxlab {
namespace {

// Runs of cells in the order 0.0, 1.0, ..., 0.1, 1.1, ...
std::vector<PlannedRun> interleaved(size_t cells, uint64_t repetitions) {
  std::vector<PlannedRun> plan;
  for (uint64_t repetition = 0; repetition < repetitions; ++repetition) {
    for (size_t cell = 0; cell < cells; ++cell) plan.push_back({cell, repetition});
  }
  return plan;
}

class RunQueueTest : public testing::Test {
 protected:
  // Asked of each run that is looked at.
  bool is_needed(const PlannedRun& run) {
    ++looks_;
    return !not_needed_.contains(run.cell);
  }
  RunQueue queue(std::vector<PlannedRun> plan, const std::vector<std::string>& resources) {
    return {std::move(plan), resources, [this](const PlannedRun& run) { return is_needed(run); }};
  }
  static PlannedRun begin_next(RunQueue& queue) {
    const auto run = queue.next();
    EXPECT_TRUE(run.has_value());
    queue.begin(run.value());
    return *run;
  }
  // All of them with up to `jobs` at once, which end in the order they began: looks at runs.
  uint64_t looks_for_all(size_t cells, uint64_t repetitions, size_t jobs,
                         const std::vector<std::string>& resources) {
    const std::vector<PlannedRun> plan = interleaved(cells, repetitions);
    RunQueue all = queue(plan, resources);
    looks_ = 0;
    std::vector<PlannedRun> running, done;
    for (;;) {
      while (running.size() < jobs && all.next()) running.push_back(begin_next(all));
      if (running.empty()) break;
      all.end(running.front());
      done.push_back(running.front());
      running.erase(running.begin());
    }
    EXPECT_EQ(done.size(), plan.size());
    return looks_;
  }

  std::set<size_t> not_needed_;  // cells
  uint64_t looks_ = 0;
};

TEST_F(RunQueueTest, GivesTheOrderOfThePlan) {
  const std::vector<PlannedRun> plan = {{1, 0}, {0, 1}, {0, 0}, {1, 1}};
  RunQueue runs = queue(plan, {"", ""});
  for (const PlannedRun& expected : plan) {
    EXPECT_EQ(runs.next(), expected);
    EXPECT_EQ(runs.next(), expected) << "it stays until it has begun";
    runs.begin(expected);
  }
  EXPECT_EQ(runs.next(), std::nullopt);
}

TEST_F(RunQueueTest, LeavesOutWhatIsNotNeededAnyMore) {
  RunQueue runs = queue(interleaved(2, 3), {"", ""});
  EXPECT_EQ(begin_next(runs), (PlannedRun{0, 0}));
  EXPECT_EQ(begin_next(runs), (PlannedRun{1, 0}));
  EXPECT_EQ(runs.next(), (PlannedRun{0, 1}));
  not_needed_ = {0};
  EXPECT_EQ(begin_next(runs), (PlannedRun{1, 1}));
  EXPECT_EQ(begin_next(runs), (PlannedRun{1, 2}));
  EXPECT_EQ(runs.next(), std::nullopt);
}

TEST_F(RunQueueTest, RunsOfOneResourceAreNeverOutAtOnce) {
  RunQueue runs = queue({{0, 0}, {1, 0}, {2, 0}, {0, 1}, {3, 0}}, {"disk", "disk", "other", ""});
  EXPECT_EQ(begin_next(runs), (PlannedRun{0, 0}));
  EXPECT_EQ(begin_next(runs), (PlannedRun{2, 0})) << "the disk is in use";
  EXPECT_EQ(begin_next(runs), (PlannedRun{3, 0}));
  EXPECT_EQ(runs.next(), std::nullopt);
  runs.end({0, 0});
  EXPECT_EQ(begin_next(runs), (PlannedRun{1, 0}));
  EXPECT_EQ(runs.next(), std::nullopt);
  runs.end({3, 0});
  EXPECT_EQ(runs.next(), std::nullopt);
  runs.end({1, 0});
  EXPECT_EQ(begin_next(runs), (PlannedRun{0, 1}));
  EXPECT_EQ(runs.next(), std::nullopt);
}

// Twice for each run that begins (next() is asked twice here), and once for next() at the end of
// each; ten times as many runs take ten times as many looks.
TEST_F(RunQueueTest, LooksAtEachRunAFewTimesHoweverManyThereAre) {
  const std::vector<std::vector<std::string>> resources = {
      {"", "", "", ""}, {"disk", "disk", "disk", "disk"}, {"a", "b", "", "b"}};
  for (const auto& of_cells : resources) {
    for (const size_t jobs : {1, 3}) {
      const uint64_t few = looks_for_all(4, 25, jobs, of_cells);
      const uint64_t many = looks_for_all(4, 2500, jobs, of_cells);
      EXPECT_LE(few, 4 * 100u);
      EXPECT_LE(many, 4 * 10'000u) << of_cells[0] << ", " << jobs << " jobs";
    }
  }
}

TEST_F(RunQueueTest, LooksOnceAtRunsThatAreOverFromTheStart) {
  not_needed_ = {0, 1, 2};
  RunQueue runs = queue(interleaved(4, 1000), {"", "disk", "disk", "disk"});
  for (uint64_t repetition = 0; repetition < 1000; ++repetition) {
    EXPECT_EQ(begin_next(runs), (PlannedRun{3, repetition}));
    runs.end({3, repetition});
  }
  EXPECT_EQ(runs.next(), std::nullopt);
  EXPECT_LE(looks_, 3 * 4000u);
}

}  // namespace
}  // namespace daxlab
