#include "harness/campaign/result_document.h"

#include <gtest/gtest.h>

#include <fstream>

#include "core/base/json.h"
#include "harness/campaign/records_test.h"

namespace daxlab {
namespace {

class ResultDocumentTest : public testing::Test {
 protected:
  std::vector<Config> configs_ = {a_config(2, 2)};
  std::vector<SelectedCell> cells_ = select_cells(configs_, {}).take();
  ResultDocument document_;

  Json merged() const { return json_or_null(document_.text()); }
};

TEST_F(ResultDocumentTest, HasOneContextAndAllRecordsInOrder) {
  document_.add_context(campaign_context(1));
  document_.add(a_record(cells_[0], 0), 0);
  document_.add(a_record(cells_[0], 1), 0);
  document_.add(a_record(cells_[1], 0, "died"), 1);
  const Json all = merged();
  ASSERT_EQ(all["benchmarks"].size(), 3u);
  EXPECT_EQ(all["benchmarks"][1]["repetition_index"], 1);
  EXPECT_EQ(all["benchmarks"][1]["repetitions"], 2);
  EXPECT_EQ(all["benchmarks"][2]["family_index"], 1);
  EXPECT_EQ(all["benchmarks"][2]["error_message"], "died");
  for (const char* key : {"date", "host_name", "num_cpus", "caches", "load_avg", "kernel",
                          "cpu_model", "git_revision", "compiler"}) {
    EXPECT_TRUE(all["context"].contains(key)) << key;
  }
  EXPECT_FALSE(all["context"].contains("jobs"));
}

// It is put together from the texts of its parts.
TEST_F(ResultDocumentTest, IsTheTextOfOneValue) {
  EXPECT_EQ(document_.text(), merged().dump(2) + "\n");
  document_.add_context(campaign_context(1));
  document_.add(a_record(cells_[0], 0), 0);
  document_.add(a_record(cells_[1], 0, "died\nof \"something\""), 1);
  EXPECT_EQ(document_.text(), merged().dump(2) + "\n");
}

TEST_F(ResultDocumentTest, EveryRecordHasWhatComparePyReads) {
  document_.add(a_record(cells_[0], 0), 0);
  document_.add(a_record(cells_[1], 0, "died"), 1);
  const Json all = merged();
  for (const Json& record : all["benchmarks"].items()) {
    for (const char* key : {"name", "run_name", "run_type", "iterations", "real_time", "cpu_time",
                            "time_unit", "repetitions", "repetition_index", "threads"}) {
      EXPECT_TRUE(record.contains(key)) << key << " in " << record.dump();
    }
  }
}

TEST_F(ResultDocumentTest, EveryRecordCarriesItsCell) {
  document_.add(a_record(cells_[1], 1, "", {{"seed", "1"}}), 1);
  const Json record = merged()["benchmarks"][0];
  EXPECT_EQ(record["cell"]["workloads"][0]["threads"], 2);
  EXPECT_EQ(with_sorted_keys(record["cell"]).dump(), cell_text(cells_[1]));
  EXPECT_EQ(record["plugins"], Json::list());
  EXPECT_EQ(record["context"]["seed"], "1");
}

// Google Benchmark's tools add means and medians of repetitions to a file.
TEST_F(ResultDocumentTest, AggregatesOfAFileAreNoRuns) {
  document_.add_context(campaign_context(1));
  document_.add(a_record(cells_[0], 0), 0);
  Json all = merged();
  Json mean = all["benchmarks"][0];
  mean.set("name", mean["name"].text() + "_mean");
  mean.set("run_type", "aggregate");
  mean.set("aggregate_name", "mean");
  all.find("benchmarks")->add(mean);
  const ScratchFolder folder = ScratchFolder::make(testing::TempDir()).take();
  const std::filesystem::path file = folder.path() / "results.json";
  std::ofstream(file) << all.dump();
  const auto runs = read_results(file);
  ASSERT_TRUE(runs.ok()) << runs.error().message;
  ASSERT_EQ(runs.value().records.size(), 1u);
  EXPECT_EQ(runs.value().records[0].name(), cells_[0].cell->name());
}

TEST_F(ResultDocumentTest, ListsContextThatDiffersAndKeepsTheFirstOfTheLibrarys) {
  document_.add_context({{"date", "today"}, {"num_cpus", 2}, {"medium", "memfd, tmpfs"}});
  document_.add_context({{"date", "tomorrow"}, {"num_cpus", 4}, {"medium", "tmpfs"}});
  document_.add(a_record(cells_[0], 0, "", {{"medium", "mem"}, {"hash.a", "1"}}), 0);
  document_.add(a_record(cells_[0], 1, "", {{"medium", "memfd"}, {"hash.b", "2"}}), 0);
  const Json context = merged()["context"];
  EXPECT_EQ(context["medium"], "memfd, tmpfs, mem");
  EXPECT_EQ(context["date"], "today");
  EXPECT_EQ(context["num_cpus"], 2);
  EXPECT_EQ(context["hash.a"], "1");
  EXPECT_EQ(context["hash.b"], "2");
}

TEST_F(ResultDocumentTest, CellsThatRanAtOnceAreToldOf) {
  document_.add_context(campaign_context(4));
  EXPECT_EQ(merged()["context"]["jobs"], "4 at once: times disturb each other");
}

TEST(RunRecord, AnyOtherTextIsRefused) {
  for (const char* text :
       {"", "[]", "{}", R"({"name": "a/b/c/d/e/f", "real_time": 1.0, "cell": {}})",
        R"({"name": "a/b/c/d/e/f", "cell": {}, "plugins": [], "context": {}})",
        R"({"name": 3, "real_time": 1.0, "cell": {}, "plugins": [],
                               "context": {}})",
        R"({"name": "a/b/c/d/e/f", "real_time": 1.0, "cell": {}, "plugins": [],
                               "context": {"a": 1}})"}) {
    EXPECT_FALSE(read_record(json_or_null(text)).ok()) << text;
  }
  const auto old = read_record({{"name", "x"}, {"real_time", 1.0}});
  ASSERT_FALSE(old.ok());
  EXPECT_NE(old.error().message.find("written by an older daxlab"), std::string::npos);
}

TEST(RunRecord, ItsMachineIsInItsContext) {
  const auto config = a_config(1, 1);
  const std::vector<Config> configs = {config};
  const auto cells = select_cells(configs, {}).take();
  const ContextEntries context = {{"kernel", "Linux 6.1 x86_64"}, {"cpu_model", "some"}};
  const RunRecord record = a_record(cells[0], 0, "", context);
  EXPECT_EQ(record.result.machine, "Linux 6.1 x86_64, some");
  const auto read = read_record(record_json(record));
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read.value().result.machine, record.result.machine);
  EXPECT_EQ(a_record(cells[0], 0).result.machine, "");
}

}  // namespace
}  // namespace daxlab
