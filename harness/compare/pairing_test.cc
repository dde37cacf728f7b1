#include "harness/compare/pairing.h"

#include <gmock/gmock.h>

#include "harness/compare/false_alarms.h"

namespace daxlab {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

RunRecord run_of(const std::string& name, double time_ns) {
  RunRecord record;
  record.result.name = name;
  record.result.parts = *NameParts::of(name);
  record.result.real_time_ns = time_ns * 10;
  record.result.counters = {{"operations", 10}, {"p99_ns", time_ns * 3}, {"flushes", 7}};
  auto cell = std::make_shared<RecordedCell>();
  cell->config = {{"region", {{"size", "1MiB"}}}, {"repetitions", 3}};
  record.cell = cell;
  record.context =
      std::make_shared<ContextEntries>(ContextEntries{{"fault_delivery", "userfaultfd + SIGSEGV"}});
  return record;
}

RecordedRuns runs_of(const std::vector<std::string>& names, std::vector<double> times) {
  RecordedRuns runs;
  runs.contexts = {{{"kernel", "Linux 6.1"}, {"cpu_model", "some"}, {"num_cpus", 2}}};
  for (const std::string& name : names) {
    for (const double time : times) runs.records.push_back(run_of(name, time));
  }
  return runs;
}

const std::string page_zero = "write/mmu/memfd/page_zero/partial/first_fit/threads:1";
const std::string global_zero = "write/mmu/memfd/global_zero/partial/first_fit/threads:1";

TEST(Pairing, TakesTheRunsOfACellOnBothSides) {
  const Pairing pairing =
      pair_files(runs_of({page_zero, global_zero}, {1, 2}), runs_of({page_zero}, {3}), {});
  ASSERT_EQ(pairing.samples.size(), 1u);
  EXPECT_EQ(pairing.samples[0].name, page_zero);
  EXPECT_THAT(pairing.samples[0].base, ElementsAre(1, 2));
  EXPECT_THAT(pairing.samples[0].now, ElementsAre(3));
  EXPECT_THAT(pairing.differences, IsEmpty());
  EXPECT_THAT(pairing.left_out, ElementsAre(global_zero + ": is in the first file only"));
}

TEST(Pairing, LeavesOutWhatHasFailedOrHasNoSuchFigure) {
  RecordedRuns failed = runs_of({page_zero}, {1, 2});
  failed.records[1].result.failure = "bus error";
  EXPECT_THAT(pair_files(failed, runs_of({page_zero}, {1}), {}).left_out,
              ElementsAre(page_zero + ": a run has failed"));
  EXPECT_THAT(pair_files(runs_of({page_zero}, {1}), runs_of({page_zero}, {1}), {"fences"}).left_out,
              ElementsAre(page_zero + ": its runs have no fences"));
}

TEST(Pairing, NamesWhatMakesTwoFilesDiffer) {
  RecordedRuns other = runs_of({page_zero}, {1});
  other.contexts[0].set("kernel", "Linux 6.12");
  other.records[0].context =
      std::make_shared<ContextEntries>(ContextEntries{{"fault_delivery", "SIGSEGV alone"}});
  auto cell = std::make_shared<RecordedCell>();
  cell->config = {{"region", {{"size", "2MiB"}}}, {"repetitions", 9}};
  other.records[0].cell = cell;
  EXPECT_THAT(
      pair_files(runs_of({page_zero}, {1}), other, {}).differences,
      ElementsAre("the machine: kernel is 'Linux 6.1' in one, 'Linux 6.12' in the other",
                  page_zero + ": fault_delivery is 'userfaultfd + SIGSEGV' in one, 'SIGSEGV alone' "
                              "in the other",
                  page_zero + ": region.size is '1MiB' in one, '2MiB' in the other"));
}

// How often it is run is no part of what is run.
TEST(Pairing, RepetitionsMayDiffer) {
  RecordedRuns other = runs_of({page_zero}, {1});
  auto cell = std::make_shared<RecordedCell>();
  cell->config = {{"repetitions", 9}, {"region", {{"size", "1MiB"}}}, {"time_limit", "2min"}};
  other.records[0].cell = cell;
  EXPECT_THAT(pair_files(runs_of({page_zero}, {1}), other, {}).differences, IsEmpty());
}

RecordedRuns with_config(RecordedRuns runs, const Json& config) {
  auto cell = std::make_shared<RecordedCell>();
  cell->config = config;
  cell->text = config.dump();
  for (RunRecord& record : runs.records) record.cell = cell;
  return runs;
}

RecordedRuns together(RecordedRuns some, const RecordedRuns& more) {
  some.records.insert(some.records.end(), more.records.begin(), more.records.end());
  return some;
}

// Whoever put two files together, whose names are the same: they are two cells.
TEST(Pairing, CellsOfOneNameAreToldApartBySeedRegionAndPath) {
  const Json small = {{"seed", 1}, {"region", {{"size", "1MiB"}}}};
  const Json of_another_seed = {{"seed", 2}, {"region", {{"size", "1MiB"}}}};
  const Json large = {{"seed", 1}, {"region", {{"size", "2MiB"}}}};
  const auto runs = [](const Json& config, double time) {
    return with_config(runs_of({page_zero}, {time}), config);
  };
  const RecordedRuns base = together(runs(small, 1), runs(of_another_seed, 2));
  const RecordedRuns now = together(runs(of_another_seed, 20), runs(small, 10));
  const Pairing pairing = pair_files(base, now, {});
  ASSERT_EQ(pairing.samples.size(), 2u);
  EXPECT_THAT(pairing.samples[0].base, ElementsAre(2));
  EXPECT_THAT(pairing.samples[0].now, ElementsAre(20));
  EXPECT_THAT(pairing.samples[1].base, ElementsAre(1));
  EXPECT_THAT(pairing.differences, IsEmpty());

  const Pairing other = pair_files(base, runs(large, 3), {});
  EXPECT_THAT(other.differences,
              ElementsAre(page_zero + ": region.size is '1MiB' in one, '2MiB' in the other"));
  const Pairing one_more = pair_files(runs(small, 1), together(runs(large, 3), runs(small, 4)), {});
  ASSERT_EQ(one_more.samples.size(), 1u);
  EXPECT_THAT(one_more.samples[0].now, ElementsAre(4));
  EXPECT_THAT(one_more.left_out, ElementsAre(page_zero + ": is in the second file only"));

  const std::string baseline = "write/baseline/-/-/-/-/threads:1";
  const auto on = [&](const char* path) {
    return with_config(runs_of({baseline}, {1}), {{"seed", 1}, {"path", path}});
  };
  EXPECT_THAT(pair_files(on("/dev/shm"), on("/var/tmp"), {}).differences,
              ElementsAre(baseline + ": path is '/dev/shm' in one, '/var/tmp' in the other"));
}

// It is at its default: the names are equal.
TEST(Pairing, AnOptionThatOnlyOneBuildKnowsIsNoDifference) {
  const auto runs = [](const Json& workload) {
    return with_config(runs_of({page_zero}, {1}),
                       {{"seed", 1}, {"workloads", Json::list({workload})}});
  };
  const Json old_one = {{"name", "write"}, {"size", "1MiB"}};
  const Json new_one = {{"name", "write"}, {"file", {{"size", "1MiB"}}}, {"colour", 3}};
  EXPECT_THAT(pair_files(runs(old_one), runs(new_one), {}).differences, IsEmpty());
  const Json other = {{"name", "write"}, {"size", "2MiB"}};
  EXPECT_THAT(pair_files(runs(old_one), runs(other), {}).differences,
              ElementsAre(HasSubstr("workloads.0.size is '1MiB' in one")));
}

TEST(Pairing, ByAPartComparesNoCellsOfDifferentSeedsOrRegions) {
  const auto by_fault = [](const Json& one, const Json& other) {
    return pair_by(together(with_config(runs_of({page_zero}, {1}), one),
                            with_config(runs_of({global_zero}, {1}), other)),
                   "fault", {})
        .value();
  };
  const Json first = {{"seed", 1}, {"region", {{"size", "1MiB"}}}};
  EXPECT_THAT(by_fault(first, first).differences, IsEmpty());
  EXPECT_THAT(by_fault(first, {{"seed", 2}, {"region", {{"size", "1MiB"}}}}).differences,
              ElementsAre(HasSubstr(": seed is '1' in one, '2' in the other")));
  EXPECT_THAT(by_fault(first, {{"seed", 1}, {"region", {{"size", "2MiB"}}}}).differences,
              ElementsAre(HasSubstr(": region.size is '1MiB' in one")));
  EXPECT_THAT(by_fault(first, {{"seed", 1}}).differences, IsEmpty()) << "a baseline has none";
}

TEST(Pairing, ByAPartTakesTheFirstAsTheBase) {
  const auto pairing = pair_by(runs_of({page_zero, global_zero}, {1, 2}), "fault", {"p99"});
  ASSERT_TRUE(pairing.ok());
  ASSERT_EQ(pairing.value().samples.size(), 1u);
  EXPECT_EQ(pairing.value().samples[0].name, global_zero + " (base page_zero)");
  EXPECT_THAT(pairing.value().samples[0].base, ElementsAre(3, 6));
  const auto none = pair_by(runs_of({page_zero, global_zero}, {1}), "write", {});
  ASSERT_TRUE(none.ok());
  EXPECT_THAT(none.value().samples, IsEmpty());
  const auto wrong = pair_by(runs_of({page_zero}, {1}), "faults", {});
  ASSERT_FALSE(wrong.ok());
  EXPECT_THAT(wrong.error().message, HasSubstr("did you mean 'fault'?"));
}

TEST(SelfTest, OfRunsThatAreAlikeThereAreFewAlarms) {
  std::vector<double> times;
  for (int i = 0; i < 20; ++i) times.push_back(100 + (i * 7919) % 23);
  std::vector<std::string> names;
  for (int i = 0; i < 20; ++i) {
    names.push_back("write:size=" + std::to_string(i) +
                    "KiB/mmu/memfd/page_zero/partial/first_fit/threads:1");
  }
  const auto result = test_comparison(runs_of(names, times), {}, {}, 1);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result.value().cells, 20u);
  EXPECT_EQ(result.value().runs_each, 10u);
  EXPECT_EQ(result.value().comparisons, 200u);
  EXPECT_LE(result.value().with_alarm, 16u);
}

TEST(SelfTest, DoesNotMixCellsOfOneName) {
  const auto runs = [](int seed, double time) {
    return with_config(runs_of({page_zero}, {time, time + 1}), {{"seed", seed}});
  };
  const auto result = test_comparison(together(runs(1, 5), runs(2, 5000)), {}, {}, 1);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result.value().cells, 2u);
}

TEST(SelfTest, NeedsTwoRuns) {
  EXPECT_FALSE(test_comparison(runs_of({page_zero}, {1}), {}, {}, 1).ok());
  EXPECT_FALSE(test_comparison(runs_of({page_zero}, {1, 2}), {"fences"}, {}, 1).ok());
}

TEST(MetricTest, IsTheTimeOfAnOperationOrACounter) {
  const ResultRecord run = run_of(page_zero, 5).result;
  EXPECT_EQ(Metric{}.of(run), 5);
  EXPECT_EQ(Metric{"p99"}.of(run), 15);
  EXPECT_EQ(Metric{"flushes"}.of(run), 7);
  EXPECT_EQ(Metric{"fences"}.of(run), std::nullopt);
  EXPECT_EQ(Metric{"time"}.shown(1500), "1.50 us");
  EXPECT_EQ(Metric{"flushes"}.shown(7), "7");
  EXPECT_TRUE(Metric{"bytes_per_second"}.more_is_better());
}

}  // namespace
}  // namespace daxlab
