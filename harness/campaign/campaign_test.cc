#include "harness/campaign/campaign.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <filesystem>

#include "core/base/json.h"
#include "core/base/owned_descriptor.h"
#include "harness/campaign/result_document.h"
#include "harness/run/scratch_folder.h"

namespace daxlab {
namespace {

// Kernel files: cells that need no plugin.
class CampaignTest : public testing::Test {
 protected:
  CampaignTest() : folder_(ScratchFolder::make(testing::TempDir()).take()) {
    configs_[0].random_order = false;
  }

  Cell a_cell(const std::string& workload) const {
    Cell cell;
    cell.engine = EngineKind::baseline;
    cell.directory = folder_.path();
    cell.time_limit = std::chrono::seconds(600);
    cell.workload.name = workload;
    const OptionTable table = make_workload(workload)->description().options;
    for (uint32_t i = 0; i < table.count; ++i) {
      const bool size = std::string_view(table.options[i].name) == "file.size";
      cell.workload.values.push_back(size ? uint64_t{1} << 20 : table.options[i].default_value);
    }
    return cell;
  }

  void run() {
    cells_ = select_cells(configs_, {}).take();
    runs_.emplace(cells_);
    settings_.on_progress = [&](const CampaignProgress& progress) { steps_.push_back(progress); };
    settings_.keep = [&](const RunRecord& record) {
      kept_.push_back(record);
      return keep_error_;
    };
    end_ = run_campaign(cells_, settings_, *runs_);
    counts_ = runs_->counts();
  }

  Json document() const {
    ResultDocument document;
    for (const auto& [cell, record] : runs_->in_order()) document.add(*record, cell);
    return json_or_null(document.text());
  }

  bool folder_is_empty() const { return std::filesystem::is_empty(folder_.path()); }

  ScratchFolder folder_;
  std::vector<Config> configs_ = std::vector<Config>(1);
  std::vector<SelectedCell> cells_;
  CampaignSettings settings_;
  std::optional<Error> keep_error_;
  std::optional<FinishedRuns> runs_;
  CampaignEnd end_;
  FinishedRuns::Counts counts_;
  std::vector<CampaignProgress> steps_;
  std::vector<RunRecord> kept_;
};

TEST_F(CampaignTest, RunsEachRepetitionOfEachCell) {
  configs_[0].cells = {a_cell("hole_read"), a_cell("write")};
  configs_[0].cells[0].repetitions = 2;
  run();
  EXPECT_EQ(counts_.cells_over, 2u);
  EXPECT_EQ(counts_.cells_failed, 0u);
  const Json results = document();
  ASSERT_EQ(results["benchmarks"].size(), 3u);
  const Json& record = results["benchmarks"][1];
  EXPECT_EQ(record["name"], configs_[0].cells[0].name());
  EXPECT_EQ(record["repetition_index"], 1);
  EXPECT_EQ(record["operations"], 256.0);
  EXPECT_GT(record["p50_ns"].as_double().value(), 0.0);
  EXPECT_GE(record["max_ns"].as_double(), record["p50_ns"].as_double());
  EXPECT_TRUE(record.contains("memory_peak_bytes"));
  EXPECT_FALSE(record.contains("faults_read"));  // the kernel's faults are not counted
  EXPECT_EQ(results["benchmarks"][2]["family_index"], 1);
  for (const char* key : {"effective_medium", "persistence_domain", "seed", "requested_medium"}) {
    EXPECT_TRUE(results["context"].contains(key)) << key;
  }
  ASSERT_EQ(kept_.size(), 3u);
  EXPECT_EQ(kept_[1].repetition(), 1u);
  EXPECT_EQ(steps_.front().runs_over, 0u);
  EXPECT_EQ(steps_.front().running, std::vector<std::string>{configs_[0].cells[0].name()});
  EXPECT_EQ(steps_.size(), 2 * 3u) << "each is shown when it begins, and when it is over";
  EXPECT_EQ(steps_.back().runs_over, 3u);
  EXPECT_EQ(steps_.back().runs, 3u);
  EXPECT_TRUE(folder_is_empty());
}

TEST_F(CampaignTest, RunsThemInThePlannedOrderAndListsThemInTheOrderOfCells) {
  configs_[0].random_order = true;
  configs_[0].cells = {a_cell("hole_read"), a_cell("write"), a_cell("mkwrite")};
  for (Cell& cell : configs_[0].cells) cell.repetitions = 3;
  run();
  const std::vector<PlannedRun> plan = plan_runs(cells_);
  ASSERT_EQ(kept_.size(), plan.size());
  for (size_t i = 0; i < plan.size(); ++i) {
    EXPECT_EQ(kept_[i].name(), cells_[plan[i].cell].cell->name()) << i;
    EXPECT_EQ(kept_[i].repetition(), plan[i].repetition) << i;
  }
  const Json records = document()["benchmarks"];
  for (size_t i = 0; i < records.size(); ++i) {
    EXPECT_EQ(records[i]["family_index"], i / 3);
    EXPECT_EQ(records[i]["repetition_index"], i % 3);
  }
}

TEST_F(CampaignTest, SeveralAtOnceGiveTheSameRecords) {
  settings_.jobs = 3;
  configs_[0].cells = {a_cell("hole_read"), a_cell("write"), a_cell("mkwrite")};
  for (Cell& cell : configs_[0].cells) cell.repetitions = 2;
  run();
  EXPECT_EQ(counts_.records, 6u);
  EXPECT_EQ(counts_.cells_failed, 0u);
  size_t most = 0;
  for (const CampaignProgress& step : steps_) most = std::max(most, step.running.size());
  EXPECT_EQ(most, 3u);
  EXPECT_TRUE(folder_is_empty());
}

TEST_F(CampaignTest, AFailedCellEndsItsRepetitionsAndNothingElse) {
  configs_[0].cells = {a_cell("hole_read"), a_cell("write")};
  configs_[0].cells[0].repetitions = 3;
  configs_[0].cells[0].time_limit = std::chrono::nanoseconds(1);
  run();
  EXPECT_EQ(counts_.cells_over, 2u);
  EXPECT_EQ(counts_.cells_failed, 1u);
  EXPECT_EQ(counts_.runs_over, counts_.runs);
  const Json records = document()["benchmarks"];
  ASSERT_EQ(records.size(), 2u);
  EXPECT_EQ(records[0]["error_occurred"], true);
  EXPECT_NE(records[0]["error_message"].text().find("time limit"), std::string::npos);
  EXPECT_FALSE(records[1].contains("error_occurred"));
  EXPECT_TRUE(folder_is_empty());
}

TEST_F(CampaignTest, AFolderThatIsNotThereFailsTheCell) {
  configs_[0].cells = {a_cell("hole_read")};
  configs_[0].cells[0].directory = folder_.path() / "missing";
  run();
  EXPECT_EQ(counts_.cells_failed, 1u);
  EXPECT_NE(document().dump().find("No such file or directory"), std::string::npos);
}

TEST_F(CampaignTest, ACpuThatIsNotThereFailsTheCell) {
  configs_[0].cells = {a_cell("hole_read")};
  configs_[0].cells[0].cpus = {8191};
  run();
  EXPECT_EQ(counts_.cells_failed, 1u);
  EXPECT_NE(document().dump().find("running on CPUs 8191: Invalid argument"), std::string::npos);
}

TEST_F(CampaignTest, AnInterruptionEndsItWithWhatIsThere) {
  configs_[0].cells = {a_cell("hole_read"), a_cell("write"), a_cell("mkwrite")};
  const OwnedDescriptor interrupt(eventfd(0, EFD_CLOEXEC));
  ASSERT_TRUE(interrupt.is_open());
  settings_.interrupt_fd = interrupt.number();
  cells_ = select_cells(configs_, {}).take();
  runs_.emplace(cells_);
  settings_.keep = [&](const RunRecord& record) {
    kept_.push_back(record);
    EXPECT_EQ(eventfd_write(interrupt.number(), 1), 0);
    return std::optional<Error>();
  };
  end_ = run_campaign(cells_, settings_, *runs_);
  EXPECT_TRUE(end_.interrupted);
  EXPECT_EQ(kept_.size(), 1u);
  EXPECT_EQ(runs_->counts().records, 1u);
  EXPECT_TRUE(folder_is_empty());
}

TEST_F(CampaignTest, ARecordThatCannotBeKeptEndsIt) {
  configs_[0].cells = {a_cell("hole_read"), a_cell("write")};
  keep_error_ = Error{"the disk is full"};
  run();
  ASSERT_TRUE(end_.stopped.has_value());
  EXPECT_EQ(end_.stopped->message, "the disk is full");
  EXPECT_EQ(counts_.records, 1u);
}

TEST_F(CampaignTest, GoesOnWithWhatIsMissing) {
  configs_[0].cells = {a_cell("hole_read"), a_cell("write")};
  for (Cell& cell : configs_[0].cells) cell.repetitions = 2;
  run();
  ASSERT_EQ(kept_.size(), 4u);
  const std::vector<RunRecord> all = kept_;
  RecordedRuns earlier;
  earlier.records = {all[3], all[0]};
  runs_.emplace(cells_);
  ASSERT_FALSE(runs_->take_over(earlier).has_value());
  kept_.clear();
  end_ = run_campaign(cells_, settings_, *runs_);
  ASSERT_EQ(kept_.size(), 2u);
  EXPECT_EQ(kept_[0].name() + std::to_string(kept_[0].repetition()), all[1].name() + "1");
  EXPECT_EQ(kept_[1].name() + std::to_string(kept_[1].repetition()), all[2].name() + "0");
  EXPECT_EQ(runs_->counts().runs_over, 4u);
  EXPECT_EQ(record_json(*runs_->in_order()[0].record), record_json(all[0]));
}

}  // namespace
}  // namespace daxlab
