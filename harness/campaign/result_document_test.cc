#include "harness/campaign/result_document.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "harness/campaign/records_test.h"

namespace daxlab {
namespace {

using nlohmann::json;

class ResultDocumentTest : public testing::Test {
 protected:
  std::vector<Config> configs_ = {a_config(2, 2)};
  std::vector<SelectedCell> cells_ = select_cells(configs_, "").take();
  ResultDocument document_;

  json merged() const { return json::parse(document_.text()); }
};

TEST_F(ResultDocumentTest, HasOneContextAndAllRecordsInOrder) {
  document_.add_context(campaign_context(1));
  document_.add(a_record(cells_[0], 0), 0);
  document_.add(a_record(cells_[0], 1), 0);
  document_.add(a_record(cells_[1], 0, "died"), 1);
  const json all = merged();
  ASSERT_EQ(all.at("benchmarks").size(), 3u);
  EXPECT_EQ(all["benchmarks"][1].at("repetition_index"), 1);
  EXPECT_EQ(all["benchmarks"][1].at("repetitions"), 2);
  EXPECT_EQ(all["benchmarks"][2].at("family_index"), 1);
  EXPECT_EQ(all["benchmarks"][2].at("error_message"), "died");
  for (const char* key : {"date", "host_name", "num_cpus", "caches", "load_avg", "kernel",
                          "cpu_model", "git_revision", "compiler"}) {
    EXPECT_TRUE(all.at("context").contains(key)) << key;
  }
  EXPECT_FALSE(all.at("context").contains("jobs"));
}

TEST_F(ResultDocumentTest, EveryRecordHasWhatComparePyReads) {
  document_.add(a_record(cells_[0], 0), 0);
  document_.add(a_record(cells_[1], 0, "died"), 1);
  const json all = merged();
  for (const json& record : all.at("benchmarks")) {
    for (const char* key : {"name", "run_name", "run_type", "iterations", "real_time", "cpu_time",
                            "time_unit", "repetitions", "repetition_index", "threads"}) {
      EXPECT_TRUE(record.contains(key)) << key << " in " << record.dump();
    }
  }
}

TEST_F(ResultDocumentTest, EveryRecordCarriesItsCell) {
  document_.add(a_record(cells_[1], 1, "", {{"seed", "1"}}), 1);
  const json record = merged().at("benchmarks").at(0);
  EXPECT_EQ(record.at("cell").at("workloads").at(0).at("threads"), 2);
  EXPECT_EQ(record.at("cell").dump(), cell_text(cells_[1]));
  EXPECT_EQ(record.at("plugins"), json::array());
  EXPECT_EQ(record.at("context").at("seed"), "1");
}

TEST_F(ResultDocumentTest, ListsContextThatDiffersAndKeepsTheFirstOfTheLibrarys) {
  document_.add_context(R"({"date": "today", "num_cpus": 2, "medium": "memfd, tmpfs"})");
  document_.add_context(R"({"date": "tomorrow", "num_cpus": 4, "medium": "tmpfs"})");
  document_.add(a_record(cells_[0], 0, "", {{"medium", "mem"}, {"hash.a", "1"}}), 0);
  document_.add(a_record(cells_[0], 1, "", {{"medium", "memfd"}, {"hash.b", "2"}}), 0);
  const json context = merged().at("context");
  EXPECT_EQ(context.at("medium"), "memfd, tmpfs, mem");
  EXPECT_EQ(context.at("date"), "today");
  EXPECT_EQ(context.at("num_cpus"), 2);
  EXPECT_EQ(context.at("hash.a"), "1");
  EXPECT_EQ(context.at("hash.b"), "2");
}

TEST_F(ResultDocumentTest, CellsThatRanAtOnceAreToldOf) {
  document_.add_context(campaign_context(4));
  EXPECT_EQ(merged().at("context").at("jobs"), "4 at once: times disturb each other");
}

TEST_F(ResultDocumentTest, ARunWithoutADocumentBecomesARecordOfThat) {
  const RunIdentity identity{cells_[0].cell->name(), 0, 0, 2, 1};
  for (const char* text :
       {"", "garbage", "[]", "{}", "{\"context\": {}}", "{\"context\": {}, \"benchmarks\": {}}",
        "{\"context\": {}, \"benchmarks\": [{\"name\": \"x\"}]}",
        "{\"context\": {}, \"benchmarks\": [{\"real_time\": 1.0}]}"}) {
    CellRun run;
    run.document = text;
    const RunRecord record = make_record(cells_[0], identity, run);
    EXPECT_TRUE(record.failed) << text;
    EXPECT_EQ(record.name, cells_[0].cell->name());
  }
}

TEST(RunRecord, AnyOtherTextIsRefused) {
  for (const char* text : {"", "[]", "{}", R"({"name": "x", "real_time": 1.0, "cell": {}})",
                           R"({"name": "x", "cell": {}, "plugins": [], "context": {}})",
                           R"({"name": 3, "real_time": 1.0, "cell": {}, "plugins": [],
                               "context": {}})",
                           R"({"name": "x", "real_time": 1.0, "cell": {}, "plugins": [],
                               "context": {"a": 1}})"}) {
    EXPECT_FALSE(read_record(text).ok()) << text;
  }
  const auto old = read_record(R"({"name": "x", "real_time": 1.0})");
  ASSERT_FALSE(old.ok());
  EXPECT_NE(old.error().message.find("written by an older daxlab"), std::string::npos);
}

}  // namespace
}  // namespace daxlab
