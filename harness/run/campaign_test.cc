#include "harness/run/campaign.h"

#include <gtest/gtest.h>
#include <sys/eventfd.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "core/base/owned_descriptor.h"
#include "harness/run/scratch_folder.h"

namespace daxlab {
namespace {

using nlohmann::json;

// Kernel files: cells that need no plugin.
class CampaignTest : public testing::Test {
 protected:
  CampaignTest() : folder_(ScratchFolder::make(testing::TempDir()).take()) {}

  Cell a_cell(const std::string& workload) const {
    Cell cell;
    cell.engine = EngineKind::baseline;
    cell.directory = folder_.path();
    cell.time_limit = std::chrono::seconds(600);
    cell.workload.name = workload;
    const OptionTable table = make_workload(workload)->description().options;
    for (uint32_t i = 0; i < table.count; ++i) {
      const bool size = std::string_view(table.options[i].name) == "size";
      cell.workload.values.push_back(size ? uint64_t{1} << 20 : table.options[i].default_value);
    }
    return cell;
  }

  CampaignResult run(int interrupt_fd = -1) {
    const auto cells = select_cells(configs_, "");
    EXPECT_TRUE(cells.ok());
    auto result = run_campaign(
        cells.value(), [&](const CampaignStep& step) { steps_.push_back(step); }, interrupt_fd);
    EXPECT_TRUE(result.ok());
    return result.take();
  }

  bool folder_is_empty() const { return std::filesystem::is_empty(folder_.path()); }

  ScratchFolder folder_;
  std::vector<Config> configs_ = std::vector<Config>(1);
  std::vector<CampaignStep> steps_;
};

TEST_F(CampaignTest, RunsEachRepetitionOfEachCell) {
  configs_[0].cells = {a_cell("hole_read"), a_cell("write")};
  configs_[0].cells[0].repetitions = 2;
  const CampaignResult result = run();
  EXPECT_EQ(result.cells_run, 2u);
  EXPECT_EQ(result.cells_failed, 0u) << result.document;
  const json document = json::parse(result.document);
  ASSERT_EQ(document.at("benchmarks").size(), 3u);
  const json& record = document["benchmarks"][1];
  EXPECT_EQ(record.at("name"), configs_[0].cells[0].name());
  EXPECT_EQ(record.at("repetition_index"), 1);
  EXPECT_EQ(record.at("operations"), 256.0);
  EXPECT_GT(record.at("p50_ns").get<double>(), 0.0);
  EXPECT_GE(record.at("max_ns"), record.at("p50_ns"));
  EXPECT_TRUE(record.contains("memory_peak_bytes"));
  EXPECT_FALSE(record.contains("faults_read"));  // the kernel's faults are not counted
  EXPECT_EQ(document["benchmarks"][2].at("family_index"), 1);
  for (const char* key : {"effective_medium", "persistence_domain", "kernel", "cpu_model", "seed",
                          "git_revision", "requested_medium"}) {
    EXPECT_TRUE(document.at("context").contains(key)) << key;
  }
  ASSERT_EQ(steps_.size(), 3u);
  EXPECT_EQ(steps_[1].cell, 1u);
  EXPECT_EQ(steps_[1].repetition, 2u);
  EXPECT_TRUE(folder_is_empty());
}

TEST_F(CampaignTest, AFailedCellEndsItsRepetitionsAndNothingElse) {
  configs_[0].cells = {a_cell("hole_read"), a_cell("write")};
  configs_[0].cells[0].repetitions = 3;
  configs_[0].cells[0].time_limit = std::chrono::nanoseconds(1);
  const CampaignResult result = run();
  EXPECT_EQ(result.cells_run, 2u);
  EXPECT_EQ(result.cells_failed, 1u);
  const json records = json::parse(result.document).at("benchmarks");
  ASSERT_EQ(records.size(), 2u);
  EXPECT_EQ(records[0].at("error_occurred"), true);
  EXPECT_NE(records[0].at("error_message").get<std::string>().find("time limit"),
            std::string::npos);
  EXPECT_FALSE(records[1].contains("error_occurred"));
  EXPECT_TRUE(folder_is_empty());
}

TEST_F(CampaignTest, AFolderThatIsNotThereFailsTheCell) {
  configs_[0].cells = {a_cell("hole_read")};
  configs_[0].cells[0].directory = folder_.path() / "missing";
  const CampaignResult result = run();
  EXPECT_EQ(result.cells_failed, 1u);
  EXPECT_NE(result.document.find("No such file or directory"), std::string::npos);
}

TEST_F(CampaignTest, AnInterruptionEndsItWithWhatIsThere) {
  configs_[0].cells = {a_cell("hole_read"), a_cell("write")};
  const OwnedDescriptor interrupt(eventfd(1, EFD_CLOEXEC));
  ASSERT_TRUE(interrupt.is_open());
  const CampaignResult result = run(interrupt.number());
  EXPECT_TRUE(result.interrupted);
  EXPECT_EQ(steps_.size(), 1u);
  EXPECT_EQ(json::parse(result.document).at("benchmarks").size(), 0u);
  EXPECT_TRUE(folder_is_empty());
}

}  // namespace
}  // namespace daxlab
