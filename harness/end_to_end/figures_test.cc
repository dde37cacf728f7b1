// Every figure that is shown is recomputed from the raw ones of its records.
#include <gmock/gmock.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <set>
#include <sstream>

#include "core/base/kernel_file.h"
#include "harness/end_to_end/experiment.h"
#include "harness/end_to_end/recomputed_tables_test.h"
#include "harness/run/page_table_scan.h"

namespace daxlab {
namespace {

using testing::HasSubstr;

constexpr const char* every_workload =
    "seed: 3\nregion: {size: 16MiB}\nrepetitions: 3\ntime_limit: 60s\nwrite: partial\n"
    "alloc: first_fit\npath: /dev/shm\n"
    "matrix: {engine: [mmu, baseline], fault: [page_zero, global_zero, alloc_on_read]}\n"
    "workloads:\n"
    "  - {name: hole_read, size: 2MiB}\n  - {name: mkwrite, size: 1MiB, threads: 2}\n"
    "  - {name: mapped_write, file: {size: 1MiB, align: 64KiB, offset: 8KiB}}\n  - {name: write, "
    "size: 1MiB, axes: [fault]}\n"
    "  - {name: write, size: 1MiB, mode: append, axes: [fault]}\n"
    "  - {name: write_after_hole_read, size: 1MiB}\n  - {name: mixed, readers: 2, writers: 1}\n"
    "  - {name: read, size: 1MiB}\n  - {name: mapped_read, size: 1MiB}\n"
    "  - {name: second_touch, size: 1MiB}\n  - {name: many_mappings, size: 1MiB}\n"
    "  - {name: mixed, through: calls, runtime: 50ms}\n  - truncate_regrow\n  - punch_storm\n"
    "  - {name: open_map_read_unmap, operations: 200}\n  - {name: enospc, axes: [fault]}\n"
    "  - mapped_enospc\n";
constexpr const char* small_workloads =
    "[{name: hole_read, size: 1MiB}, {name: mapped_read, size: 1MiB}, {name: second_touch, size: "
    "1MiB}, {name: many_mappings, size: 256KiB}, {name: mkwrite, size: 1MiB}, {name: mapped_write, "
    "size: 1MiB}, {name: read, size: 1MiB}, {name: write, size: 1MiB}, {name: "
    "write_after_hole_read, size: 1MiB}, {name: mixed, size: 1MiB}, {name: truncate_regrow, size: "
    "256KiB}, {name: punch_storm, size: 256KiB, operations: 512}, {name: open_map_read_unmap, "
    "files: 32, operations: 256}, enospc, mapped_enospc, {name: alloc_aging, turnover: 1}]";
constexpr const char* aging =
    "region: {size: 256MiB}\nworkloads: [{name: alloc_aging, turnover: 1}]\n";

double number(const Json& record, const char* key) {
  EXPECT_TRUE(record[key].is_number()) << key << " of " << record["name"].text();
  return record[key].as_double().value_or(-1);
}

// All parts of a call, which exclude each other, and never more than the whole.
void expect_parts_of_calls(const Json& record) {
  for (const std::string call : {"write", "read"}) {
    const double calls = number(record, (call + "_calls").c_str());
    EXPECT_EQ(record.contains(call + "_ns"), calls > 0);
    if (calls == 0) continue;
    const double timed = number(record, ("timed_" + call + "s").c_str());
    EXPECT_GT(timed, 0);
    EXPECT_LE(timed, calls);
    double sum = 0;
    for (const auto& [key, value] : record.members()) {
      const bool is_part = key.starts_with(call + "_") && key.ends_with("_ns");
      if (is_part && key != call + "_ns") sum += value.as_double().value_or(0);
    }
    const double whole = number(record, (call + "_ns").c_str());
    EXPECT_LE(sum, whole * (1 + 1e-9));
    EXPECT_GE(sum, whole * (1 - 1e-9));
  }
}

double entries_of(const Json& histogram) {
  double entries = 0, before = -1;
  for (const Json& bucket : histogram.items()) {
    EXPECT_EQ(bucket.size(), 2u);
    EXPECT_GT(bucket[0].as_double().value_or(-1), before);
    before = bucket[0].as_double().value_or(-1);
    entries += bucket[1].as_double().value_or(0);
  }
  return entries;
}

void expect_latencies_of_faults(const Json& record) {
  const double faults = number(record, "faults_read") + number(record, "faults_write") +
                        number(record, "faults_mkwrite");
  if (faults == 0) return;
  EXPECT_LE(number(record, "fault_p50_ns"), number(record, "fault_p99_ns"));
  EXPECT_LE(number(record, "fault_p99_ns"), number(record, "fault_max_ns"));
  EXPECT_GE(entries_of(record["fault_latency_histogram"]), faults);
  EXPECT_GT(number(record, "timed_faults"), 0);
}

// A run's own figures among each other.
void expect_holds_together(const Json& record) {
  SCOPED_TRACE(record["name"].text());
  const double threads = number(record, "threads"), operations = number(record, "operations");
  const double inside_ns = number(record, "real_time") * threads;
  const double p50 = number(record, "p50_ns"), p99 = number(record, "p99_ns");
  EXPECT_GT(operations, 0);
  EXPECT_GT(inside_ns, 0);
  EXPECT_LE(p50, p99);
  EXPECT_LE(p99, number(record, "p999_ns"));
  EXPECT_LE(number(record, "p999_ns"), number(record, "max_ns"));
  const double timed_operations = entries_of(record["latency_histogram"]);
  EXPECT_GT(timed_operations, 0);
  EXPECT_LE(timed_operations, operations);
  // All threads' time is in operations or outside. Where one ends earlier than others, its rest is
  // outside; a thread of a workload's own (that frees space) is none of those that are counted.
  const double outside_ns = number(record, "outside_ns") * operations;
  const double whole_ns = number(record, "wall_ns") * threads;
  EXPECT_LE(std::abs(std::max(whole_ns - inside_ns, 0.0) - outside_ns), 1e-6 * whole_ns + 1);
  const double parts = number(record, "page_table_bytes") + number(record, "page_cache_bytes") +
                       number(record, "anonymous_bytes") + number(record, "block_bytes");
  EXPECT_EQ(number(record, "memory_peak_bytes"), parts);
  if (record.contains("bytes_per_second")) {
    EXPECT_GT(number(record, "bytes_per_second"), 0);
  }
  if (!record.contains("faults_read")) return;  // of a baseline
  EXPECT_GE(number(record, "page_cache_bytes"), number(record, "page_cache_pages_peak") * 4096);
  EXPECT_LE(number(record, "map_blocks"), number(record, "blocks_used"));
  EXPECT_LE(number(record, "strategy_ns"), number(record, "handler_ns"));
  EXPECT_LE(number(record, "op_allocator_ns") + number(record, "op_zero_ns"),
            number(record, "op_allocate_ns") + 1e-6);
  expect_parts_of_calls(record);
  expect_latencies_of_faults(record);
  EXPECT_LE(number(record, "op_find_ns") + number(record, "op_allocate_ns") +
                number(record, "op_page_cache_ns") + number(record, "op_insert_ns") +
                number(record, "op_unmap_ns"),
            number(record, "strategy_ns") + 1e-6);
}

// The counters of all records so far, by their names.
void note_counters(const Json& results, std::set<std::string>& met) {
  const std::set<std::string> librarys = {"family_index", "per_family_instance_index",
                                          "repetitions",  "repetition_index",
                                          "threads",      "iterations"};
  for (const Json& record : results["benchmarks"].items()) {
    for (const auto& [key, value] : record.members()) {
      const bool is_histogram = value.is_list() && key.ends_with("_histogram");
      if ((value.is_number() || is_histogram) && !librarys.contains(key)) met.insert(key);
    }
  }
}

std::set<std::string> described_counters() {
  std::set<std::string> described;
  std::istringstream lines(run_daxlab({"list", "--counters"}).out);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string name;
    words >> name;
    if (name != "counter") described.insert(name);
  }
  return described;
}

// What this kernel does not tell this user: its slabs it tells root, and sizes of page table
// entries since Linux 6.7, or root.
bool cannot_be_had(const std::string& counter) {
  if (counter == "slab_bytes") {
    return read_text("/proc/slabinfo").find("\nradix_tree_node ") == std::string::npos;
  }
  const bool is_page_size = counter.starts_with("small_by_") || counter == "pages_4k_bytes" ||
                            counter == "pages_2m_bytes";
  return is_page_size && !PageTableScan::open().ok();
}

class Figures : public Experiment {
 protected:
  // Of each record its own figures, and each figure that is shown.
  Recomputed expect_right_figures() const {
    for (const Json& record : results_["benchmarks"].items()) expect_holds_together(record);
    const Recomputed recomputed = recompute_tables(outcome_.out, results_);
    EXPECT_THAT(recomputed.wrong, testing::IsEmpty());
    return recomputed;
  }
};

// And all counters are in the glossary, of which nothing is left over.
TEST_F(Figures, AreRecomputedFromTheRawOnesWhichAreAllDescribed) {
  std::set<std::string> met;
  run_all_pass(every_workload);
  EXPECT_GT(expect_right_figures().figures, 700u);
  note_counters(results_, met);
  run_all_pass(aging);
  note_counters(results_, met);
  const std::set<std::string> described = described_counters();
  for (const std::string& name : met) {
    EXPECT_TRUE(described.contains(name)) << name << " has no entry in the glossary";
  }
  for (const std::string& name : described) {
    if (cannot_be_had(name)) continue;
    EXPECT_TRUE(met.contains(name)) << name << " is in the glossary and in no record";
  }
}

// configs/full_matrix.yaml with small workloads: one fault strategy, allocator and medium of it, or
// with DAXLAB_FIGURES=all every cell, three times each (harness/soak --figures).
TEST_F(Figures, OfTheFullMatrix) {
  const char* const wanted = std::getenv("DAXLAB_FIGURES");
  const bool all = wanted != nullptr && std::string(wanted) == "all";
  std::vector<std::string> more = {"--set", "workloads=" + std::string(small_workloads),
                                   "--set", all ? "repetitions=3" : "repetitions=1",
                                   "--set", "region.path=" + (folder_ / "lab.pmem").string()};
  if (!all) more.insert(more.end(), {"--cells", "*/mmu/memfd/global_zero/partial/first_fit/*"});
  run(text_of(std::string(DAXLAB_SOURCE_DIR) + "/configs/full_matrix.yaml"), more);
  EXPECT_EQ(outcome_.exit_status, 0) << outcome_.error;
  const Recomputed recomputed = expect_right_figures();
  EXPECT_GE(recomputed.records, all ? 3 * 600u : 5u);
  EXPECT_GE(recomputed.figures, all ? 5 * recomputed.records / 3 : 5 * recomputed.records);
  std::printf("%llu records, %llu tables, %llu figures recomputed, %zu wrong\n",
              static_cast<unsigned long long>(recomputed.records),
              static_cast<unsigned long long>(recomputed.tables),
              static_cast<unsigned long long>(recomputed.figures), recomputed.wrong.size());
}

// What made the table show 0 bytes where 512 MiB were used.
TEST_F(Figures, MemoryThatIsGoneAtTheEndWasUsedAllTheSame) {
  run_all_pass(preamble +
               "fault: page_zero\nworkloads: [{name: mkwrite, size: 8MiB}, {name: hole_read, size: "
               "8MiB}]\n");
  for (const Json& record : results_["benchmarks"].items()) {
    const bool is_mkwrite = record["name"].text().starts_with("mkwrite");
    SCOPED_TRACE(record.dump(1));
    EXPECT_GE(number(record, "page_cache_bytes"), 8 << 20);
    EXPECT_GE(number(record, "block_bytes"), is_mkwrite ? 8 << 20 : 0);
    EXPECT_GE(number(record, "memory_peak_bytes"), is_mkwrite ? 16 << 20 : 8 << 20);
    // Nothing twice. Anonymous memory is apart: what the process itself has may be a huge page.
    const double anonymous = number(record, "anonymous_bytes");
    EXPECT_LT(number(record, "memory_peak_bytes") - anonymous, is_mkwrite ? 17 << 20 : 9 << 20);
    EXPECT_LT(anonymous, 4 << 20);
  }
}

// As the kernel's DAX, which has its page table and little else: here one byte a page besides.
TEST_F(Figures, AHoleThatWasReadTakesAByteAPage) {
  run_all_pass(preamble + "fault: global_zero\nworkloads: [{name: hole_read, size: 64MiB}]\n");
  const Json& record = results_["benchmarks"][0];
  EXPECT_EQ(number(record, "faults_read"), 16384);
  EXPECT_GE(number(record, "anonymous_bytes"), 16384);
  EXPECT_LT(number(record, "anonymous_bytes"), 4 * 16384);
}

// A run for a time takes that time, however fast its operations are: their time must not.
TEST_F(Figures, ARunForATimeShowsTheTimeOfItsOperations) {
  run_all_pass(preamble +
               "fault: page_zero\nworkloads: [{name: write, size: 1MiB, runtime: 200ms}]\n");
  const Json& record = results_["benchmarks"][0];
  const double time = number(record, "real_time") / number(record, "operations");
  EXPECT_LT(number(record, "real_time"), number(record, "wall_ns"));
  EXPECT_GE(number(record, "wall_ns"), 190e6);
  EXPECT_LE(time, number(record, "max_ns"));
  EXPECT_GE(time, number(record, "p50_ns") / 4);
}

}  // namespace
}  // namespace daxlab
