#include "harness/campaign/finished_runs.h"

#include <gtest/gtest.h>

#include "harness/campaign/records_test.h"
#include "harness/report/cell_summary.h"

namespace daxlab {
namespace {

class FinishedRunsTest : public testing::Test {
 protected:
  std::vector<Config> configs_ = {a_config(2, 3)};
  std::vector<SelectedCell> cells_ = select_cells(configs_, {}).take();
  FinishedRuns runs_{cells_};
};

TEST_F(FinishedRunsTest, AreInTheOrderOfCellsWhateverCameFirst) {
  runs_.add(1, a_record(cells_[1], 0));
  runs_.add(0, a_record(cells_[0], 2));
  runs_.add(0, a_record(cells_[0], 0));
  const auto places = runs_.in_order();
  ASSERT_EQ(places.size(), 3u);
  EXPECT_EQ(places[0].record->repetition(), 0u);
  EXPECT_EQ(places[1].record->repetition(), 2u);
  EXPECT_EQ(places[2].cell, 1u);
  EXPECT_TRUE(runs_.has({0, 2}));
  EXPECT_FALSE(runs_.has({0, 1}));
}

TEST_F(FinishedRunsTest, AFailureEndsACell) {
  runs_.add(0, a_record(cells_[0], 0));
  EXPECT_FALSE(runs_.is_over(0));
  runs_.add(0, a_record(cells_[0], 1, "died"));
  EXPECT_TRUE(runs_.has_failed(0));
  EXPECT_TRUE(runs_.is_over(0));
  const FinishedRuns::Counts counts = runs_.counts();
  EXPECT_EQ(counts.records, 2u);
  EXPECT_EQ(counts.runs_over, 3u);
  EXPECT_EQ(counts.runs, 6u);
  EXPECT_EQ(counts.cells_over, 1u);
  EXPECT_EQ(counts.cells_failed, 1u);
}

TEST_F(FinishedRunsTest, ASkippedRunEndsACellThatHasNotFailed) {
  RunRecord skipped = a_record(cells_[0], 0, "no room");
  skipped.result.failure_kind = FailureKind::skipped;
  runs_.add(0, skipped);
  EXPECT_TRUE(runs_.is_over(0));
  EXPECT_EQ(runs_.counts().cells_skipped, 1u);
  EXPECT_EQ(runs_.counts().cells_failed, 0u);
}

// Of a journal, or of several cells at once, the runs of a cell come in any order.
TEST_F(FinishedRunsTest, AFailureIsNotHiddenByASkippedRun) {
  RunRecord skipped = a_record(cells_[0], 0, "no room");
  skipped.result.failure_kind = FailureKind::skipped;
  for (const bool skipped_first : {true, false}) {
    FinishedRuns runs(cells_);
    if (skipped_first) runs.add(0, skipped);
    runs.add(0, a_record(cells_[0], 1, "died"));
    if (!skipped_first) runs.add(0, skipped);
    EXPECT_EQ(runs.counts().cells_failed, 1u);
    EXPECT_EQ(runs.counts().cells_skipped, 0u);
    EXPECT_EQ(runs.counts().cells_over, 1u);
    const CellSummary cell = summarize(runs.results()).at(0);
    EXPECT_EQ(cell.end, RunEnd::failed);
    EXPECT_EQ(cell.failure, "died");
  }
}

// What is kept from record to record is what counting would give.
TEST_F(FinishedRunsTest, TheirCountsAreRightAfterEachRecord) {
  configs_ = {a_config(4, 5)};
  cells_ = select_cells(configs_, {}).take();
  FinishedRuns runs(cells_);
  uint64_t records = 0;
  for (const PlannedRun& run : plan_runs(cells_)) {
    if (runs.has_failed(run.cell) && run.cell != 2) continue;
    const bool fails = run.cell % 2 == 0 && run.repetition % 2 == 1;
    runs.add(run.cell, a_record(cells_[run.cell], run.repetition, fails ? "died" : ""));
    FinishedRuns::Counts counted{.records = ++records, .cells = 4};
    for (size_t cell = 0; cell < cells_.size(); ++cell) {
      uint64_t there = 0;
      for (uint64_t repetition = 0; repetition < 5; ++repetition) {
        if (runs.has({cell, repetition})) ++there;
      }
      EXPECT_EQ(runs.is_over(cell), runs.has_failed(cell) || there == 5) << cell;
      counted.runs += 5;
      counted.runs_over += runs.is_over(cell) ? 5 : there;
      counted.cells_over += runs.is_over(cell) ? 1 : 0;
      counted.cells_failed += runs.has_failed(cell) ? 1 : 0;
    }
    EXPECT_EQ(runs.counts(), counted) << "after " << records;
  }
  EXPECT_EQ(runs.counts().cells_over, 4u);
}

TEST_F(FinishedRunsTest, TakesOverRunsOfTheSameCells) {
  RecordedRuns earlier;
  earlier.records = {a_record(cells_[1], 2), a_record(cells_[0], 0)};
  EXPECT_FALSE(runs_.take_over(earlier).has_value());
  EXPECT_TRUE(runs_.has({1, 2}));
  EXPECT_TRUE(runs_.has({0, 0}));
}

TEST_F(FinishedRunsTest, TheSameCellInTwoConfigsIsTakenOverTwice) {
  configs_.push_back(a_config(2, 3));
  cells_ = select_cells(configs_, {}).take();
  FinishedRuns both(cells_);
  RecordedRuns earlier;
  earlier.records = {a_record(cells_[0], 0), a_record(cells_[0], 0)};
  EXPECT_FALSE(both.take_over(earlier).has_value());
  EXPECT_TRUE(both.has({0, 0}));
  EXPECT_TRUE(both.has({2, 0}));
}

TEST_F(FinishedRunsTest, RefusesACellOfAnotherConfigAndSaysWhatDiffers) {
  std::vector<Config> others = {a_config(2, 3)};
  others[0].cells[1].seed = 77;
  const auto other_cells = select_cells(others, {}).take();
  RecordedRuns earlier;
  earlier.records = {a_record(cells_[0], 0), a_record(other_cells[1], 0)};
  const auto error = runs_.take_over(earlier);
  ASSERT_TRUE(error.has_value());
  EXPECT_EQ(error->message, "cell '" + cells_[1].cell->name() +
                                "' was run with another config: seed is 77 there, 1 here");
  EXPECT_EQ(runs_.counts().records, 0u);
}

TEST_F(FinishedRunsTest, RefusesACellThatIsNotThere) {
  RecordedRuns earlier;
  earlier.records = {a_record(cells_[1], 0)};
  configs_[0].cells.pop_back();
  cells_ = select_cells(configs_, {}).take();
  FinishedRuns fewer(cells_);
  const auto error = fewer.take_over(earlier);
  ASSERT_TRUE(error.has_value());
  EXPECT_NE(error->message.find("is not among those of this command"), std::string::npos);
}

}  // namespace
}  // namespace daxlab
