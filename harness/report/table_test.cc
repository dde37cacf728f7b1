#include "harness/report/table.h"

#include <gtest/gtest.h>

#include <sstream>

#include "harness/report/published_figures.h"

namespace daxlab {
namespace {

const auto time_of = [](const ResultRecord& run) { return std::optional(run.real_time_ns); };

struct Figures {
  double real_time_ns, strategy_ns, memory_bytes, faults = 1000;
};

ResultRecord a_record(int64_t family, const NameParts& parts, const Figures& figures) {
  ResultRecord record;
  record.parts = parts;
  record.name = parts.workload + "/" + parts.engine + "/" + parts.medium + "/" + parts.fault + "/" +
                parts.write + "/" + parts.alloc + "/threads:" + std::to_string(parts.threads);
  record.family_index = family;
  record.real_time_ns = figures.real_time_ns;
  record.label = "medium=memfd persistence_domain=none flush_instruction=clwb";
  record.counters = {{"operations", 1000},
                     {"p50_ns", figures.real_time_ns / 1000},
                     {"p99_ns", figures.real_time_ns / 500},
                     {"memory_peak_bytes", figures.memory_bytes},
                     {"faults_read", figures.faults},
                     {"faults_write", 0},
                     {"faults_mkwrite", 0},
                     {"handler_ns", figures.strategy_ns + 500},
                     {"strategy_ns", figures.strategy_ns},
                     {"op_find_ns", 100},
                     {"op_page_cache_ns", 200},
                     {"op_insert_ns", 300},
                     {"op_unmap_ns", 0}};
  return record;
}

NameParts parts_of(const std::string& workload, const std::string& fault) {
  return {workload, "mmu", "memfd", fault, "partial", "first_fit", 1};
}

ResultRecord a_baseline(int64_t family, const std::string& workload, double real_time_ns) {
  ResultRecord record =
      a_record(family, {workload, "baseline", "-", "-", "-", "-", 1}, {real_time_ns, 0, 0, 0});
  record.label = "medium=tmpfs persistence_domain=none flush_instruction=kernel";
  std::erase_if(record.counters, [](const auto& entry) {
    return entry.first.starts_with("faults") || entry.first.starts_with("op_") ||
           entry.first == "strategy_ns" || entry.first == "handler_ns";
  });
  return record;
}

TEST(Table, HoleReadShowsStrategiesTimesAndThePublishedRatio) {
  std::vector<ResultRecord> records = {
      a_record(0, parts_of("hole_read:size=1GiB", "page_zero"), {9.1e6, 5000, 1073741824.0}),
      a_record(1, parts_of("hole_read:size=1GiB", "global_zero"), {4.55e6, 1250, 2097152}),
      a_record(2, parts_of("hole_read:size=1GiB", "native_zero"), {9.1e3, 0, 0, 0}),
      a_baseline(3, "hole_read:size=1GiB", 3.5e6)};
  records[2].counters["reference_ns_per_page"] = 8.5;
  EXPECT_EQ(format_tables(records),
            R"(hole_read:size=1GiB  [mmu, memfd, write partial, alloc first_fit]
  strategy          time/op  ratio      p50      p99  faults r/w/mk  in strategy    memory
  page_zero         9.10 us   1.00  9.10 us  18.2 us       1000/0/0      5.00 us  1.00 GiB
  global_zero       4.55 us   0.50  4.55 us  9.10 us       1000/0/0      1.25 us  2.00 MiB
  native_zero       9.10 ns   0.00  9.10 ns  18.2 ns          0/0/0            -         0
  baseline (tmpfs)  3.50 us   0.38  3.50 us  7.00 us              -            -         0
                         native_zero
  reference_ns_per_page         8.50
where the time goes, ns for a fault (elsewhere: signal, return, access, what is no fault)
  strategy     whole  elsewhere  core  strategy  = find  alloc  cache  insert  unmap  rest
  page_zero     9100       3600   500      5000     100      0    200     300      0  4400
  global_zero   4550       2800   500      1250     100      0    200     300      0   650
page_zero over global_zero: strategy_ns ratio 4.00 (published for Linux: 4.25 = 3.4 us over 0.8 us)
)");
}

// 1000 operations, each a write() of 800 ns.
ResultRecord a_writing_record(double real_time_ns) {
  ResultRecord record = a_record(0, parts_of("write", "global_zero"), {real_time_ns, 0, 0, 0});
  record.counters.insert({{"write_calls", 1000},
                          {"write_ns", 800},
                          {"write_look_up_ns", 90},
                          {"write_copy_ns", 500},
                          {"write_fence_ns", 110},
                          {"write_rest_ns", 100}});
  return record;
}

TEST(Table, ShowsWhereTheTimeOfCallsGoes) {
  const std::string heading =
      "where the time goes, ns for a write() (outside: what is none of it, waits for a CPU)\n";
  const std::string table = format_tables({a_writing_record(9e5)});
  EXPECT_NE(table.find(heading + "  strategy     whole  outside  find  copy  fence  rest\n"
                                 "  global_zero    900      100    90   500    110   100\n"),
            std::string::npos)
      << table;
  // The sample took longer than the operations.
  const std::string other = format_tables({a_writing_record(7e5)});
  EXPECT_NE(other.find("  global_zero    800  unknown    90   500    110   100\n"),
            std::string::npos)
      << other;
}

TEST(Table, SaysNothingOfCallsAmongOtherOperations) {
  ResultRecord record = a_writing_record(9e5);
  record.counters["operations"] = 2000;
  EXPECT_EQ(format_tables({record}).find("a write()"), std::string::npos);
}

TEST(Table, ItsHeadingSaysWhenFaultsCameWithoutUserfaultfd) {
  std::vector<ResultRecord> records = {
      a_record(0, parts_of("mkwrite", "page_zero"), {9.1e6, 5000, 0}),
      a_record(1, parts_of("mkwrite", "global_zero"), {4.55e6, 1250, 0})};
  for (ResultRecord& record : records) record.label += " fault_delivery=userfaultfd + SIGSEGV";
  EXPECT_NE(format_tables(records).find(", alloc first_fit]\n"), std::string::npos);
  for (ResultRecord& record : records) {
    record.label = "medium=memfd fault_delivery=SIGSEGV alone cpus=0";
  }
  EXPECT_NE(format_tables(records).find(", alloc first_fit, SIGSEGV alone]\n"), std::string::npos);
}

TEST(Table, FitsATerminalOf100Columns) {
  std::vector<ResultRecord> records = {
      a_record(0, parts_of("hole_read", "page_zero"), {9.1e6, 5000, 1073741824.0}),
      a_record(1, parts_of("hole_read", "global_zero:around=16"), {4.55e6, 1250, 2097152})};
  std::istringstream lines(format_tables(records));
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 100u) << line;
}

TEST(Table, FailedCellsHaveNoFiguresAndTheirMessagesStandBelow) {
  std::vector<ResultRecord> records = {
      a_record(0, parts_of("mkwrite", "page_zero"), {9.1e6, 5000, 0}),
      a_record(1, parts_of("mkwrite", "broken"), {1, 1, 1}),
      a_record(2, parts_of("mkwrite", "global_zero"), {18.2e6, 5000, 0})};
  records[1].failure = "fault plugin 'broken' (/b.so): killed by SIGABRT in fault\nit printed: oh";
  EXPECT_EQ(format_tables(records),
            R"(mkwrite  [mmu, memfd, write partial, alloc first_fit]
  strategy     time/op  ratio      p50      p99  faults r/w/mk  in strategy  memory
  page_zero    9.10 us   1.00  9.10 us  18.2 us       1000/0/0      5.00 us       0
  broken             -      -        -        -              -            -       -  FAILED
  global_zero  18.2 us   2.00  18.2 us  36.4 us       1000/0/0      5.00 us       0
where the time goes, ns for a fault (elsewhere: signal, return, access, what is no fault)
  strategy     whole  elsewhere  core  strategy  = find  alloc  cache  insert  unmap  rest
  page_zero     9100       3600   500      5000     100      0    200     300      0  4400
  global_zero  18200      12700   500      5000     100      0    200     300      0  4400
  FAILED mkwrite/mmu/memfd/broken/partial/first_fit/threads:1
    fault plugin 'broken' (/b.so): killed by SIGABRT in fault
    it printed: oh
)");
  const auto alone = [](const ResultRecord& record) { return "run " + record.parts.fault; };
  const std::string with_command = format_tables(records, alone);
  EXPECT_NE(with_command.find("    it printed: oh\n    alone: run broken\n"), std::string::npos);
}

TEST(Table, ACellThatWasSkippedSaysWhyAndIsNoFailure) {
  ResultRecord skipped = a_baseline(1, "enospc", 0);
  skipped.failure = "no room";
  skipped.failure_kind = FailureKind::skipped;
  const std::string text =
      format_tables({a_record(0, parts_of("enospc", "page_zero"), {1e6, 0, 0, 0}), skipped},
                    [](const ResultRecord&) { return "daxlab run"; });
  EXPECT_NE(text.find("  skipped enospc/baseline/-/-/-/-/threads:1\n    no room\n"), text.npos)
      << text;
  EXPECT_EQ(text.find("FAILED"), text.npos) << text;
  EXPECT_EQ(text.find("alone:"), text.npos) << text;
}

TEST(Table, ShowsWhatAWriteGetsThatDoesNotFit) {
  std::vector<ResultRecord> records;
  const std::pair<double, double> written_and_kept[] = {{8192, 0}, {0, 0}, {0, 4096}};
  for (const auto& [written, kept] : written_and_kept) {
    records.push_back(a_record(static_cast<int64_t>(records.size()),
                               parts_of("enospc", "page_zero"), {1e6, 0, 0, 0}));
    records.back().counters["answer_free_bytes"] = 8192;
    records.back().counters["answer_written_bytes"] = written;
    records.back().counters["answer_kept_bytes"] = kept;
  }
  const std::string text = format_tables(records);
  for (const char* shown :
       {"at ENOSPC", " partial ", " all_or_nothing ", " refused, keeps blocks "}) {
    EXPECT_NE(text.find(shown), text.npos) << shown << " in\n" << text;
  }
}

TEST(Table, RatiosAreToTheFirstCellAndToNoOther) {
  std::vector<ResultRecord> records = {a_record(0, parts_of("w", "a"), {1e6, 1, 0}),
                                       a_record(1, parts_of("w", "b"), {2e6, 1, 0}),
                                       a_record(2, parts_of("w", "c"), {3e6, 1, 0})};
  records[0].failure = "wrong";
  const std::string text = format_tables(records);
  EXPECT_NE(text.find("b         2.00 us      -"), std::string::npos) << text;
  EXPECT_NE(text.find("c         3.00 us      -"), std::string::npos) << text;
  EXPECT_NE(text.find("no ratios: the first strategy has failed"), std::string::npos) << text;
}

TEST(Table, RepetitionsOfACellAreOneRowOfMedians) {
  std::vector<ResultRecord> records;
  for (const double time : {3e6, 1e6, 2e6}) {
    records.push_back(a_record(0, parts_of("w", "a"), {time, 1, time}));
  }
  const auto cells = summarize(records);
  ASSERT_EQ(cells.size(), 1u);
  EXPECT_EQ(cells[0].median_of(time_of), 2e6);
  EXPECT_EQ(cells[0].median("memory_peak_bytes"), 2e6);
  records.push_back(a_record(0, parts_of("w", "a"), {4e6, 1, 0}));
  EXPECT_EQ(summarize(records)[0].median_of(time_of), 2.5e6);
  EXPECT_NE(format_tables(records).find("median of 4"), std::string::npos);
}

TEST(Table, OneFailedRepetitionFailsTheCell) {
  std::vector<ResultRecord> records = {a_record(0, parts_of("w", "a"), {1e6, 1, 0}),
                                       a_record(0, parts_of("w", "a"), {1e6, 1, 0})};
  records[1].failure = "wrong";
  EXPECT_EQ(summarize(records)[0].failure, "wrong");
}

TEST(Table, CellsAreNamedByThePartsInWhichTheyDiffer) {
  std::vector<ResultRecord> records = {
      a_record(0, parts_of("enospc", "page_zero"), {1e6, 0, 0, 0}),
      a_record(1, parts_of("enospc", "page_zero"), {1e6, 0, 0, 0})};
  records[1].parts.write = "all_or_nothing";
  records[0].counters["short_writes"] = 3;
  records[0].counters["bytes_per_second"] = 1073741824.0;
  EXPECT_EQ(format_tables(records),
            R"(enospc  [mmu, memfd, fault page_zero, alloc first_fit]
  strategy        time/op  ratio      p50      p99        rate  short  memory
  partial         1.00 us   1.00  1.00 us  2.00 us  1.00 GiB/s      3       0
  all_or_nothing  1.00 us   1.00  1.00 us  2.00 us           -      -       0
)");
}

TEST(Table, ThreadsMakeGroupsOfTheirOwn) {
  std::vector<ResultRecord> records = {a_record(0, parts_of("w", "a"), {1e6, 1, 0}),
                                       a_record(1, parts_of("w", "a"), {1e6, 1, 0})};
  records[1].parts.threads = 4;
  const std::string text = format_tables(records);
  EXPECT_NE(text.find("w  ["), std::string::npos) << text;
  EXPECT_NE(text.find("w, 4 threads  ["), std::string::npos) << text;
}

TEST(PublishedFigures, ComparesOnlyCellsThatDifferInNothingElse) {
  std::vector<ResultRecord> records = {
      a_record(0, parts_of("hole_read", "page_zero"), {1e6, 5000, 0}),
      a_record(1, parts_of("hole_read", "global_zero:around=16"), {1e6, 1000, 0}),
      a_record(2, parts_of("hole_read", "global_zero"), {1e6, 1000, 0})};
  records[2].parts.alloc = "extent_tree";
  EXPECT_EQ(published_comparison(group_by_workload(summarize(records))[0]), "");
  records[2].parts.alloc = "first_fit";
  EXPECT_EQ(published_comparison(group_by_workload(summarize(records))[0]),
            "page_zero over global_zero: strategy_ns ratio 5.00 "
            "(published for Linux: 4.25 = 3.4 us over 0.8 us)\n");
}

}  // namespace
}  // namespace daxlab
