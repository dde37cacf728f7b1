#include "harness/run/result_document.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "harness/run/benchmark_door.h"

namespace daxlab {
namespace {

using nlohmann::json;

std::string a_run(const std::string& name, int64_t family, int64_t repetition) {
  return run_as_benchmark({name, family, repetition, 2, 1}, [](RunTimer&) {
    return RunFigures{{{"fences", 1.0}}, 0, "", {}};
  });
}

TEST(ResultDocument, HasOneContextAndAllRecordsInOrder) {
  ResultDocument document;
  ASSERT_TRUE(document.add(a_run("w/mmu/memfd/a/b/c", 0, 0)).ok());
  ASSERT_TRUE(document.add(a_run("w/mmu/memfd/a/b/c", 0, 1)).ok());
  ASSERT_TRUE(document.add(failed_benchmark({"w/mmu/memfd/d/b/c", 1, 0, 2, 1}, "died")).ok());
  document.add_context({{"seed", "1"}});
  const json merged = json::parse(document.text());
  ASSERT_EQ(merged.at("benchmarks").size(), 3u);
  EXPECT_EQ(merged["benchmarks"][1].at("repetition_index"), 1);
  EXPECT_EQ(merged["benchmarks"][1].at("repetitions"), 2);
  EXPECT_EQ(merged["benchmarks"][2].at("family_index"), 1);
  EXPECT_EQ(merged["benchmarks"][2].at("error_message"), "died");
  EXPECT_EQ(merged.at("context").at("seed"), "1");
  EXPECT_TRUE(merged.at("context").contains("date"));
}

TEST(ResultDocument, EveryRecordHasWhatCompareReads) {
  ResultDocument document;
  ASSERT_TRUE(document.add(a_run("w/mmu/memfd/a/b/c", 0, 0)).ok());
  ASSERT_TRUE(document.add(failed_benchmark({"w/mmu/memfd/d/b/c", 1, 0, 1, 1}, "died")).ok());
  const json merged = json::parse(document.text());
  for (const json& record : merged.at("benchmarks")) {
    for (const char* key : {"name", "run_name", "run_type", "iterations", "real_time", "cpu_time",
                            "time_unit", "repetitions", "repetition_index", "threads"}) {
      EXPECT_TRUE(record.contains(key)) << key << " in " << record.dump();
    }
  }
}

TEST(ResultDocument, ListsContextThatDiffers) {
  ResultDocument document;
  document.add_context({{"effective_medium", "memfd"}, {"plugin_hash.fault.a", "1"}});
  document.add_context({{"effective_medium", "tmpfs"}});
  document.add_context({{"effective_medium", "memfd"}, {"plugin_hash.fault.b", "2"}});
  const json context = json::parse(document.text()).at("context");
  EXPECT_EQ(context.at("effective_medium"), "memfd, tmpfs");
  EXPECT_EQ(context.at("plugin_hash.fault.a"), "1");
  EXPECT_EQ(context.at("plugin_hash.fault.b"), "2");
}

TEST(ResultDocument, RefusesWhatIsNoDocument) {
  ResultDocument document;
  for (const char* text :
       {"", "garbage", "[]", "{}", "{\"context\": {}}", "{\"context\": {}, \"benchmarks\": {}}",
        "{\"context\": {}, \"benchmarks\": [{\"name\": \"x\"}]}",
        "{\"context\": {}, \"benchmarks\": [{\"real_time\": 1.0}]}"}) {
    EXPECT_FALSE(document.add(text).ok()) << text;
  }
  EXPECT_EQ(json::parse(document.text()).at("benchmarks").size(), 0u);
}

}  // namespace
}  // namespace daxlab
