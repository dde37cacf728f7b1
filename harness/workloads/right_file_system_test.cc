// Every workload passes where all is right, and is measured as it should be.
#include <gtest/gtest.h>

#include <filesystem>
#include <string_view>
#include <tuple>

#include "core/base/sizes.h"
#include "harness/workloads/lying_file_system.h"
#include "harness/workloads/workload_test_run.h"

namespace daxlab {
namespace {

struct RightCase {
  const char* workload;
  std::map<std::string, uint64_t> options;
  uint64_t operations;  // with one thread and with more
};

class RightFileSystem : public ::testing::TestWithParam<std::tuple<RightCase, uint64_t>> {};

TEST_P(RightFileSystem, PassesAndIsMeasured) {
  const auto& [test, threads] = GetParam();
  const auto files = baseline_in_memory();
  for (const bool by_call : {false, true}) {
    LyingFileSystem honest(*files, {});
    FileSystem& used = by_call ? static_cast<FileSystem&>(honest) : *files;
    const TestRun run = run_workload(used, test.workload, test.options, threads);
    EXPECT_FALSE(run.failure) << message_of(run);
    EXPECT_EQ(run.starts, 1);
    EXPECT_EQ(run.stops, 1);
    EXPECT_GE(run.measurements, 1);
    EXPECT_FALSE(run.measured_while_timing);
    EXPECT_EQ(run.operations, test.operations);
    EXPECT_GT(run.latency.count(), 0u);
    EXPECT_LE(run.latency.count(), run.operations);
    EXPECT_GT(run.bytes_processed, 0u);
    for (const auto& entry : std::filesystem::directory_iterator(files->folder()))
      ASSERT_TRUE(files->unlink(entry.path().filename().string()).ok());
  }
}

INSTANTIATE_TEST_SUITE_P(
    Baseline, RightFileSystem,
    ::testing::Combine(
        ::testing::Values(
            RightCase{"hole_read", {{"size", size_of_test - 1}}, pages_of_test},
            RightCase{"hole_read", {{"size", 8192 * KiB}}, 2048},
            RightCase{"hole_read", {{"size", 8192 * KiB}, {"pattern", 1}}, 2048},
            RightCase{"hole_read", {{"size", 8192 * KiB}, {"pattern", 2}}, 2048},
            RightCase{"hole_read", {{"size", 8192 * KiB}, {"pattern", 3}}, 2048},
            RightCase{"hole_read", {{"size", page_bytes}}, 1},
            RightCase{"mapped_read", {{"size", size_of_test}}, pages_of_test},
            RightCase{"mapped_read",
                      {{"size", size_of_test}, {"stride", 24}, {"pattern", 1}},
                      pages_of_test},
            RightCase{"mapped_read",
                      {{"size", size_of_test}, {"stride", 8}, {"holes.every", 3 * page_bytes}},
                      pages_of_test},
            RightCase{"mapped_read", {{"size", 1}, {"pattern", 3}}, 1},
            RightCase{"second_touch", {{"size", size_of_test}}, pages_of_test},
            RightCase{"second_touch",
                      {{"size", size_of_test}, {"holes.every", 0}, {"pattern", 2}},
                      pages_of_test},
            RightCase{"many_mappings", {{"size", size_of_test}}, 16 * pages_of_test},
            RightCase{"many_mappings",
                      {{"size", 5 * page_bytes}, {"mappings", 3}, {"holes.every", 2 * page_bytes}},
                      15},
            RightCase{"mapped_read",
                      {{"size", size_of_test}, {"align", 8 * KiB}, {"offset", 3 * page_bytes}},
                      pages_of_test},
            RightCase{"second_touch",
                      {{"size", size_of_test}, {"align", 2 * MiB}, {"offset", page_bytes}},
                      pages_of_test},
            RightCase{"many_mappings",
                      {{"size", page_bytes}, {"align", page_bytes}, {"holes.every", 0}},
                      16},
            RightCase{"hole_read", {{"size", 8192 * KiB}, {"offset", 2 * MiB}}, 2048},
            RightCase{"mkwrite",
                      {{"size", size_of_test}, {"align", 64 * KiB}, {"offset", page_bytes}},
                      pages_of_test},
            RightCase{"mapped_write",
                      {{"size", size_of_test}, {"align", 2 * MiB}, {"offset", MiB}},
                      2 * pages_of_test},
            RightCase{"write_after_hole_read",
                      {{"size", size_of_test}, {"align", page_bytes}, {"offset", 5 * page_bytes}},
                      pages_of_test},
            RightCase{"read", {{"size", size_of_test}}, pages_of_test},
            RightCase{"read", {{"size", size_of_test}, {"pattern", 1}}, pages_of_test},
            RightCase{"read",
                      {{"size", 12 * page_bytes},
                       {"block_size", 5000},
                       {"holes.length", 2 * page_bytes},
                       {"holes.every", 4 * page_bytes}},
                      10},
            RightCase{"mkwrite", {{"size", size_of_test}}, pages_of_test},
            RightCase{"mkwrite", {{"size", size_of_test}, {"mappings", 2}}, pages_of_test},
            RightCase{"mkwrite", {{"size", size_of_test}, {"pattern", 1}}, pages_of_test},
            RightCase{"mapped_write", {{"size", size_of_test}}, 2 * pages_of_test},
            RightCase{"mapped_write", {{"size", size_of_test}, {"pattern", 2}}, 2 * pages_of_test},
            RightCase{
                "mapped_write", {{"size", size_of_test}, {"block_size", 8192}}, pages_of_test},
            RightCase{"mapped_write",
                      {{"size", size_of_test}, {"mode", 1}, {"pattern", 3}, {"fsync_every", 5}},
                      pages_of_test},
            RightCase{"mapped_write", {{"size", size_of_test}, {"pattern", 1}}, 2 * pages_of_test},
            RightCase{"write", {{"size", size_of_test}}, pages_of_test},
            RightCase{"write", {{"size", size_of_test}, {"mode", 1}}, pages_of_test},
            RightCase{"write", {{"size", 12 * page_bytes}, {"block_size", 8}}, 12 * 512},
            RightCase{"write", {{"size", size_of_test}, {"pattern", 1}}, pages_of_test},
            RightCase{"write",
                      {{"size", size_of_test}, {"holes.every", 4 * page_bytes}, {"pattern", 3}},
                      pages_of_test},
            RightCase{"write",
                      {{"size", 12 * page_bytes},
                       {"holes.length", 2 * page_bytes},
                       {"holes.every", 3 * page_bytes},
                       {"block_size", 8192},
                       {"pattern", 2}},
                      6},
            RightCase{"write",
                      {{"size", size_of_test}, {"pattern", 3}, {"fsync_every", 1}},
                      pages_of_test},
            RightCase{"write_after_hole_read", {{"size", size_of_test}}, pages_of_test},
            RightCase{
                "write_after_hole_read", {{"size", size_of_test}, {"mappings", 8}}, pages_of_test},
            RightCase{
                "write_after_hole_read", {{"size", size_of_test}, {"pattern", 1}}, pages_of_test}),
        ::testing::Values(1, 3)));

INSTANTIATE_TEST_SUITE_P(
    SharedFiles, RightFileSystem,
    ::testing::Combine(
        ::testing::Values(
            RightCase{"mixed", {{"size", size_of_test}}, 4096},
            RightCase{"mixed",
                      {{"size", size_of_test}, {"pattern", 3}, {"block_size", 512}, {"through", 1}},
                      4096},
            RightCase{"mixed",
                      {{"size", size_of_test},
                       {"block_size", 5000},
                       {"through", 2},
                       {"read_share", 80},
                       {"fsync_every", 3},
                       {"operations", 1000}},
                      1000},
            RightCase{"mixed",
                      {{"size", size_of_test}, {"holes.every", 16 * page_bytes}, {"pattern", 1}},
                      4096},
            RightCase{"mixed", {{"size", size_of_test}, {"holes.every", 0}}, 4096},
            RightCase{"mixed",
                      {{"size", size_of_test}, {"align", 2 * MiB}, {"offset", 7 * page_bytes}},
                      4096},
            RightCase{"truncate_regrow",
                      {{"size", size_of_test}, {"operations", 50}, {"offset", 5 * page_bytes}},
                      50},
            RightCase{"punch_storm",
                      {{"size", size_of_test},
                       {"operations", 500},
                       {"align", 8 * KiB},
                       {"offset", page_bytes}},
                      500},
            RightCase{"truncate_regrow", {{"size", size_of_test}, {"operations", 50}}, 50},
            RightCase{
                "truncate_regrow", {{"size", page_bytes}, {"mappings", 3}, {"operations", 50}}, 50},
            RightCase{"punch_storm", {{"size", size_of_test}, {"operations", 500}}, 500},
            RightCase{"punch_storm",
                      {{"size", 64 * KiB},
                       {"files", 1},
                       {"mappings", 4},
                       {"block_size", 16 * KiB},
                       {"punch_share", 20},
                       {"operations", 500}},
                      500},
            RightCase{"open_map_read_unmap", {{"files", 40}, {"operations", 200}}, 200},
            RightCase{
                "open_map_read_unmap",
                {{"files", 7}, {"sizes", 1}, {"size", 5001}, {"pattern", 3}, {"operations", 100}},
                100}),
        ::testing::Values(1, 3)));

// Timed workloads go on until the time is over and do not count the ramp; reading the clock, once
// for each operation, is what makes time pass.
class TimedWorkload : public ::testing::TestWithParam<std::tuple<const char*, uint64_t>> {};

TEST_P(TimedWorkload, CountsTheOperationsBetweenRampAndEnd) {
  const auto& [name, threads] = GetParam();
  ASSERT_TRUE(make_workload(name)->description().timed);
  const auto files = baseline_in_memory();
  std::map<std::string, uint64_t> options;
  if (std::string_view(name) != "open_map_read_unmap") options["size"] = 16 * page_bytes;
  const TestRun run = run_workload(*files, name, options, threads, {700, 200});
  EXPECT_FALSE(run.failure) << message_of(run);
  EXPECT_EQ(run.starts, 1);
  EXPECT_EQ(run.stops, 1);
  if (threads == 1) {
    EXPECT_EQ(run.operations, 500u);
  } else {
    EXPECT_GT(run.operations, 0u);
    EXPECT_LE(run.operations, 500u * threads);  // each begins to count at a time of its own
  }
  EXPECT_EQ(run.latency.count(), run.operations);
}

INSTANTIATE_TEST_SUITE_P(Baseline, TimedWorkload,
                         ::testing::Combine(::testing::Values("read", "write", "mapped_write",
                                                              "mixed", "truncate_regrow",
                                                              "punch_storm", "open_map_read_unmap"),
                                            ::testing::Values(1, 3)));

TEST(TimedWorkload, ThatAppendsBeginsAnewWhenItsFileIsFull) {
  for (const uint64_t runtime_ns :
       {uint64_t{16} * 5, uint64_t{16} * 5 + 1, uint64_t{16} * 5 + 2, uint64_t{16} * 5 + 7}) {
    const auto files = baseline_in_memory();
    const TestRun run =
        run_workload(*files, "write", {{"size", 16 * page_bytes}, {"mode", 1}}, 1, {runtime_ns, 0});
    EXPECT_FALSE(run.failure) << message_of(run);
    const uint64_t writes = runtime_ns - 1;  // the first nanosecond passes at the beginning
    EXPECT_EQ(run.operations, writes);
    const auto file = files->open("data0");
    ASSERT_TRUE(file.ok());
    EXPECT_EQ(file.value()->size_bytes(), ((writes - 1) % 16 + 1) * page_bytes);
  }
}

TEST(HoleRead, ComparesWithTheBareLoopOnlyWhenItCan) {
  const auto files = baseline_in_memory();
  const TestRun direct = run_workload(*files, "hole_read", {{"size", 16384 * KiB}});
  ASSERT_FALSE(direct.failure) << message_of(direct);
  ASSERT_EQ(direct.extra.size(), 3u);
  EXPECT_GT(direct.extra.at("loop_ns_per_page"), 0);
  EXPECT_GT(direct.extra.at("reference_ns_per_page"), 0);
  EXPECT_DOUBLE_EQ(direct.extra.at("over_reference"),
                   direct.extra.at("loop_ns_per_page") / direct.extra.at("reference_ns_per_page"));
  EXPECT_LT(direct.latency.count(), direct.operations);
  EXPECT_EQ(files->open("reference").code(), ErrorCode::not_found);

  ASSERT_TRUE(files->unlink("data").ok());
  LyingFileSystem by_call(*files, {});
  EXPECT_TRUE(run_workload(by_call, "hole_read", {{"size", 64 * KiB}}).extra.empty());
}

}  // namespace
}  // namespace daxlab
