// The results that --out writes: Google Benchmark's JSON, with all that daxlab counted and all that
// says where it was measured.
#include <gmock/gmock.h>

#include "harness/end_to_end/experiment.h"

namespace daxlab {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

const std::string results_preamble =
    "seed: 7\nregion: {medium: memfd, size: 16MiB}\ntime_limit: 60s\n";

class Results : public Experiment {};

// What Google Benchmark's compare.py and its kin read of a record.
void expect_record_of_benchmark(const Json& record) {
  for (const char* key : {"name", "run_name", "run_type", "time_unit"}) {
    EXPECT_TRUE(record.contains(key) && record[key].is_text()) << key << record.dump(2);
  }
  for (const char* key : {"real_time", "cpu_time", "iterations", "repetitions", "repetition_index",
                          "threads", "family_index", "per_family_instance_index"}) {
    EXPECT_TRUE(record.contains(key) && record[key].is_number()) << key << record.dump(2);
  }
  EXPECT_EQ(record["run_type"], "iteration");
  EXPECT_EQ(record["run_name"], record["name"]);
}

TEST_F(Results, HaveTheShapeOfGoogleBenchmark) {
  run(results_preamble +
      "repetitions: 2\nmatrix: {fault: [global_zero, global_zero_without_unmap]}\n"
      "workloads: [{name: mkwrite, size: 256KiB, mappings: 2}]\n");
  ASSERT_TRUE(results_.is_map()) << outcome_.error;
  for (const char* key : {"date", "host_name", "executable", "num_cpus", "mhz_per_cpu", "caches",
                          "load_avg", "library_build_type"}) {
    EXPECT_TRUE(results_["context"].contains(key)) << key;
  }
  const Json& records = results_["benchmarks"];
  ASSERT_EQ(records.size(), 3u);  // the failed cell is not repeated
  for (const Json& record : records.items()) expect_record_of_benchmark(record);
  EXPECT_EQ(records[0]["repetitions"], 2);
  EXPECT_EQ(records[0]["repetition_index"], 0);
  EXPECT_EQ(records[1]["repetition_index"], 1);
  EXPECT_EQ(records[1]["name"], records[0]["name"]);
  EXPECT_EQ(records[2]["error_occurred"], true);
  EXPECT_THAT(records[2]["error_message"].text(), StartsWith("mkwrite: "));
}

// workload/engine/medium/fault/write/alloc/threads:N
TEST_F(Results, NamesShowEveryOptionThatIsNotTheDefault) {
  run_all_pass(
      "region: {size: 64MiB}\ntime_limit: 60s\n"
      "matrix: {engine: [mmu, baseline]}\n"
      "fault: {name: global_zero, around: 16, keep_own: true}\n"
      "write: all_or_nothing\n"
      "workloads:\n"
      "  - {name: hole_read, size: 1MiB, pattern: random, threads: 2}\n"
      "  - {name: mkwrite, size: 16MiB, mappings: 1}\n");  // both the defaults
  std::vector<std::string> names;
  for (const Json& record : results_["benchmarks"].items()) names.push_back(record["name"].text());
  const std::string strategies =
      "/mmu/memfd/global_zero:around=16,keep_own=true/all_or_nothing/first_fit/threads:";
  EXPECT_THAT(names, testing::ElementsAre(
                         "hole_read:size=1MiB,pattern=random" + strategies + "2",
                         "hole_read:size=1MiB,pattern=random/baseline/-/-/-/-/threads:2",
                         "mkwrite" + strategies + "1", "mkwrite/baseline/-/-/-/-/threads:1"));
}

TEST_F(Results, MmuRowsHaveAllCounters) {
  run_all_pass(results_preamble +
               "workloads: [{name: hole_read, size: 1MiB}, {name: mkwrite, size: 1MiB}, "
               "{name: mapped_write, size: 1MiB}, {name: write, size: 1MiB}, "
               "{name: write_after_hole_read, size: 1MiB}, enospc, mapped_enospc]\n");
  const Json& records = results_["benchmarks"];
  ASSERT_EQ(records.size(), 7u);
  for (const Json& record : records.items()) {
    for (const char* key : {"faults_read",
                            "faults_write",
                            "faults_mkwrite",
                            "pages_per_fault",
                            "zero_pages_inserted",
                            "page_cache_pages_peak",
                            "zero_page_lock_waits",
                            "blocks_used",
                            "kernel_mappings_peak",
                            "flushes",
                            "fences",
                            "bytes_persisted",
                            "memory_peak_bytes",
                            "short_writes",
                            "enospc",
                            "strategy_ns",
                            "p50_ns",
                            "p90_ns",
                            "p99_ns",
                            "p999_ns",
                            "max_ns",
                            "bytes_per_second"}) {
      EXPECT_TRUE(record.contains(key) && record[key].is_number())
          << key << " of " << record["name"].text();
    }
    const auto number = [&](const char* key) { return record[key].as_double().value_or(-1); };
    EXPECT_GT(number("p50_ns"), 0) << record["name"].text();
    EXPECT_LE(number("p50_ns"), number("p90_ns"));
    EXPECT_LE(number("p90_ns"), number("p99_ns"));
    EXPECT_LE(number("p99_ns"), number("p999_ns"));
    EXPECT_LE(number("p999_ns"), number("max_ns"));
    EXPECT_GT(number("bytes_per_second"), 0) << record["name"].text();
    EXPECT_THAT(record["label"].text(), HasSubstr("medium=memfd "));
  }
}

TEST_F(Results, ContextSaysWhereTheyComeFrom) {
  run_all_pass(results_preamble +
               "matrix: {fault: [page_zero, global_zero]}\n"
               "workloads: [{name: hole_read, size: 1MiB}]\n");
  const Json context = results_["context"];
  const auto entry = [&](const std::string& key) {
    EXPECT_TRUE(context.contains(key)) << key;
    return context[key].text();
  };
  EXPECT_EQ(entry("requested_medium"), "memfd");
  EXPECT_EQ(entry("effective_medium"), "memfd");
  EXPECT_EQ(entry("persistence_domain"), "none (volatile memory)");
  EXPECT_EQ(entry("seed"), "7");
#if defined(NDEBUG)
  EXPECT_EQ(entry("library_build_type"), "release");
#else
  EXPECT_EQ(entry("library_build_type"), "debug");
#endif
  EXPECT_THAT(entry("kernel"), StartsWith("Linux "));
  for (const char* key : {"flush_instruction", "cpu_model", "daxlab_version", "compiler"}) {
    EXPECT_NE(entry(key), "") << key;
  }
  EXPECT_THAT(run_daxlab({"--version"}).out, HasSubstr("(git " + entry("git_revision") + ","));
  const std::string page_zero = entry("plugin_hash.fault.page_zero");
  EXPECT_THAT(page_zero, testing::MatchesRegex("[0-9a-f]{16}"));
  EXPECT_NE(page_zero, entry("plugin_hash.fault.global_zero"));
  entry("plugin_hash.write.partial");
  entry("plugin_hash.alloc.first_fit");
}

TEST_F(Results, BaselineRowsSayWhatTheyWereMeasuredOn) {
  run_all_pass("engine: baseline\npath: /dev/shm\nworkloads: [{name: hole_read, size: 1MiB}]\n");
  const Json record = passed("hole_read:size=1MiB/baseline/-/-/-/-/threads:1");
  EXPECT_FALSE(record.contains("faults_read"));  // the kernel's, which nobody here counts
  EXPECT_EQ(results_["context"]["requested_medium"], "/dev/shm");
  EXPECT_NE(results_["context"]["effective_medium"].text(), "");
}

TEST_F(Results, AnEarlierFileIsReplacedByAWholeOne) {
  write("results.json", "what an earlier run left");
  run_all_pass(results_preamble + "workloads: [{name: hole_read, size: 1MiB}]\n");
  EXPECT_EQ(results_["benchmarks"].size(), 1u);
}

}  // namespace
}  // namespace daxlab
