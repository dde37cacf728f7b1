#include <gtest/gtest.h>

#include <set>
#include <tuple>

#include "harness/workloads/lying_file_system.h"
#include "harness/workloads/workload_test_run.h"

namespace daxlab {
namespace {

constexpr uint64_t KiB = 1024;
constexpr uint64_t pages_of_test = 48;
constexpr uint64_t size_of_test = pages_of_test * page_bytes;

TEST(AllWorkloads, AreDescribedAndCanBeMade) {
  std::set<std::string> names;
  for (const WorkloadDescription* description : all_workloads()) {
    EXPECT_TRUE(names.insert(description->name).second) << description->name;
    const auto workload = make_workload(description->name);
    ASSERT_NE(workload, nullptr);
    EXPECT_EQ(&workload->description(), description);
    EXPECT_NE(description->axes, 0u);
    for (uint32_t i = 0; i < description->options.count; ++i) {
      const Option& option = description->options.options[i];
      if (option.type != OptionType::integer) continue;
      EXPECT_LE(option.minimum, option.default_value) << option.name;
      EXPECT_GE(option.maximum, option.default_value) << option.name;
    }
  }
  EXPECT_EQ(names.size(), 7u);
  EXPECT_EQ(make_workload("no_such_workload"), nullptr);
}

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
            RightCase{"hole_read", {{"size", page_bytes}}, 1},
            RightCase{"mkwrite", {{"size", size_of_test}}, pages_of_test},
            RightCase{"mkwrite", {{"size", size_of_test}, {"mappings", 2}}, pages_of_test},
            RightCase{"mapped_write", {{"size", size_of_test}}, 2 * pages_of_test},
            RightCase{"mapped_write", {{"size", size_of_test}, {"pattern", 1}}, 2 * pages_of_test},
            RightCase{"write", {{"size", size_of_test}}, pages_of_test},
            RightCase{"write", {{"size", size_of_test}, {"mode", 1}}, pages_of_test},
            RightCase{"write", {{"size", 12 * page_bytes}, {"block_size", 8}}, 12 * 512},
            RightCase{"write_after_hole_read", {{"size", size_of_test}}, pages_of_test},
            RightCase{
                "write_after_hole_read", {{"size", size_of_test}, {"mappings", 8}}, pages_of_test}),
        ::testing::Values(1, 3)));

TEST(HoleRead, ComparesWithTheBareLoopOnlyWhenItCan) {
  const auto files = baseline_in_memory();
  const TestRun direct = run_workload(*files, "hole_read", {{"size", 16384 * KiB}});
  ASSERT_FALSE(direct.failure) << message_of(direct);
  ASSERT_EQ(direct.extra.size(), 3u);
  EXPECT_GT(direct.extra.at("loop_ns_per_page"), 0);
  EXPECT_GT(direct.extra.at("reference_ns_per_page"), 0);
  EXPECT_DOUBLE_EQ(direct.extra.at("ns_per_page_over_reference"),
                   direct.extra.at("loop_ns_per_page") / direct.extra.at("reference_ns_per_page"));
  EXPECT_LT(direct.latency.count(), direct.operations);
  EXPECT_EQ(files->open("reference").code(), ErrorCode::not_found);

  ASSERT_TRUE(files->unlink("data").ok());
  LyingFileSystem by_call(*files, {});
  EXPECT_TRUE(run_workload(by_call, "hole_read", {{"size", 64 * KiB}}).extra.empty());
}

TEST(Workloads, RefuseWhatCannotFitAndWhatIsNotAligned) {
  const auto files = baseline_in_memory();
  const uint64_t too_much = (files->space_use().free_blocks + 1) * page_bytes;
  for (const char* name : {"mkwrite", "mapped_write", "write", "write_after_hole_read"}) {
    const std::string message = message_of(run_workload(*files, name, {{"size", too_much}}));
    EXPECT_NE(message.find(std::string(name) + ": needs "), std::string::npos) << message;
    EXPECT_NE(message.find("make the workload's size smaller"), std::string::npos) << message;
  }
  EXPECT_EQ(message_of(run_workload(*files, "write", {{"block_size", 12}})),
            "write: block_size 12 is not a multiple of 8");
  EXPECT_EQ(message_of(run_workload(*files, "enospc", {{"block_size", 12}})),
            "enospc: block_size 12 is not a multiple of 8");
}

TEST(Workloads, RefuseAWriteThatNoStrategyWouldTake) {
  const auto files = baseline_in_memory();
  Lies lies;
  lies.max_write_bytes = 2048 * KiB;
  LyingFileSystem limited(*files, lies);
  for (const char* name : {"write", "enospc"}) {
    EXPECT_EQ(message_of(run_workload(limited, name, {{"block_size", 4096 * KiB}})),
              std::string(name) +
                  ": block_size 4 MiB is larger than the 2 MiB that one write may have with this "
                  "write strategy");
  }
  EXPECT_EQ(message_of(run_workload(limited, "write", {{"block_size", 2048 * KiB + 8}})),
            "write: block_size 2097160 bytes is larger than the 2 MiB that one write may have with "
            "this write strategy");
  const TestRun run = run_workload(limited, "write", {{"block_size", 2048 * KiB}});
  EXPECT_FALSE(run.failure) << message_of(run);
  EXPECT_EQ(files->open("longest_write").code(), ErrorCode::not_found);
}

// Each lie, and what the message has to say about it.
struct LieCase {
  const char* what;
  const char* workload;
  std::map<std::string, uint64_t> options;
  Lies lies;
  std::vector<const char*> says;
};

std::vector<LieCase> lie_cases() {
  const auto stale_second_mapping = [](const View& view, uint64_t mapping, uint64_t at) {
    return mapping == 2 && at >= 4 * page_bytes ? uint64_t{0} : view.load(at);
  };
  const auto nth_write = [](uint64_t n, auto lie) {
    return [n, lie, count = uint64_t{0}](File& file, uint64_t at,
                                         std::span<const std::byte> from) mutable {
      return ++count == n ? lie(file, at, from) : file.write(at, from);
    };
  };
  const auto dropped = [](File&, uint64_t, std::span<const std::byte> from) {
    return Result<uint64_t>(from.size());
  };
  const auto page_too_far = [](File& file, uint64_t at, std::span<const std::byte> from) {
    return file.write(at + page_bytes, from);
  };
  const auto half = [](File& file, uint64_t at, std::span<const std::byte> from) {
    return file.write(at, from.first(from.size() / 2));
  };
  const auto refused = [](File&, uint64_t, std::span<const std::byte>) {
    return Result<uint64_t>(ErrorCode::io_error);
  };
  const auto off_by_one_page = [](View& view, uint64_t, uint64_t at, uint64_t value) {
    const uint64_t wrong = at / page_bytes == 6 ? at + page_bytes : at;
    view.store(wrong, value);
  };
  const auto drops_last_words = [](View& view, uint64_t, uint64_t at, uint64_t value) {
    if (at != 7 * page_bytes - 8) view.store(at, value);
  };
  const auto also_elsewhere = [](View& view, uint64_t, uint64_t at, uint64_t value) {
    view.store(at, value);
    if (at == 3 * page_bytes) view.store(at + 64, value);  // a word that nobody stores
  };
  const auto ghost = [](const View& view, uint64_t, uint64_t at) {
    return at == 9 * page_bytes ? uint64_t{0x77} : view.load(at);
  };
  const auto bad_read = [](File&, uint64_t at, std::span<std::byte> bytes) {
    const uint64_t wrong = 5 * page_bytes + 16;
    if (at <= wrong && wrong < at + bytes.size()) bytes[wrong - at] ^= std::byte{1};
  };
  const auto bad_read_everywhere = [](File&, uint64_t, std::span<std::byte> bytes) {
    if (bytes.size() > 16) bytes[16] ^= std::byte{1};
  };
  const std::map<std::string, uint64_t> size{{"size", 16 * page_bytes}};
  const std::map<std::string, uint64_t> two{{"size", 16 * page_bytes}, {"mappings", 2}};
  const std::map<std::string, uint64_t> append{{"size", 16 * page_bytes}, {"mode", 1}};
  const std::map<std::string, uint64_t> random{{"size", 16 * page_bytes}, {"pattern", 1}};
  return {
      {"a hole that is not zero",
       "hole_read",
       size,
       {.load = ghost},
       {"hole_read: file 'data' offset 36864: expected 0x0, seen 0x77 (through mapping 1)"}},
      {"a hole that is not zero",
       "hole_read",
       random,
       {.load = ghost},
       {"hole_read: file 'data' offset 36864: expected 0x0, seen 0x77 (through mapping 1)"}},
      {"read of holes",
       "hole_read",
       size,
       {.after_read = bad_read_everywhere},
       {"hole_read: file 'data' offset ", "expected 0x0, seen 0x1 (through read)"}},
      {"hole before the store",
       "mkwrite",
       size,
       {.load = ghost},
       {"mkwrite: file 'data' offset 36864: expected 0x0, seen 0x77 (through mapping 1)"}},
      {"stale zeros in the other mapping",
       "mkwrite",
       two,
       {.load = stale_second_mapping},
       {"mkwrite: file 'data' offset 16384: expected 0x", "seen 0x0 (through mapping 2)"}},
      {"store into the next page",
       "mkwrite",
       size,
       {.store = off_by_one_page},
       {"mkwrite: file 'data' offset 24576: expected 0x", "seen 0x0 (through mapping 1)"}},
      {"store beside the word",
       "mkwrite",
       size,
       {.store = also_elsewhere},
       {"mkwrite: file 'data' offset 12352: expected 0x0, seen 0x", "(through read)"}},
      {"read of stores",
       "mkwrite",
       size,
       {.after_read = bad_read},
       {"mkwrite: file 'data' offset 20496: expected 0x0, seen 0x1 (through read)"}},
      {"lost store",
       "mapped_write",
       size,
       {.store = drops_last_words},
       {"mapped_write: file 'data' offset 28664: expected 0x", "seen 0x0 (through mapping 1)"}},
      {"store into the next page",
       "mapped_write",
       random,
       {.store = off_by_one_page},
       {"mapped_write: file 'data' offset ", "(through mapping 1)"}},
      {"read of stores",
       "mapped_write",
       size,
       {.after_read = bad_read},
       {"mapped_write: file 'data' offset 20496: ", "(through read)"}},
      {"dropped overwrite",
       "write",
       size,
       {.write = nth_write(16 + 5, dropped)},
       {"write: file 'data0' offset 16384: expected 0x", "(through read)"}},
      {"append a page too far",
       "write",
       append,
       {.write = nth_write(16, page_too_far)},
       {"write: file 'data0': size: expected 65536, seen 69632"}},
      {"short write",
       "write",
       append,
       {.write = nth_write(5, half)},
       {"write: file 'data0': write of 4096 bytes at offset 16384 was short: 2048"}},
      {"failed write",
       "write",
       size,
       {.write = nth_write(20, refused)},
       {"write: file 'data0': write of 4096 bytes at offset 12288: input/output error"}},
      {"mapping made later",
       "write",
       append,
       {.load = ghost},
       {"write: file 'data0' offset 36864: expected 0x", "seen 0x77 (through mapping 1)"}},
      {"stale zeros after write()",
       "write_after_hole_read",
       size,
       {.load = stale_second_mapping},
       {"write_after_hole_read: file 'data' offset 16384: expected 0x",
        "seen 0x0 (through mapping 2)"}},
      {"dropped write",
       "write_after_hole_read",
       size,
       {.write = nth_write(5, dropped)},
       {"write_after_hole_read: file 'data' offset 16384: expected 0x",
        "seen 0x0 (through mapping 1)"}},
      {"read of writes",
       "write_after_hole_read",
       size,
       {.after_read = bad_read},
       {"write_after_hole_read: file 'data' offset 20496: ", "(through read)"}},
  };
}

TEST(LyingFileSystem, IsFoundOutByEveryWorkload) {
  for (const LieCase& test : lie_cases()) {
    SCOPED_TRACE(std::string(test.workload) + ": " + test.what);
    const auto files = baseline_in_memory();
    LyingFileSystem lying(*files, test.lies);
    const TestRun run = run_workload(lying, test.workload, test.options);
    ASSERT_TRUE(run.failure);
    for (const char* part : test.says)
      EXPECT_NE(message_of(run).find(part), std::string::npos) << message_of(run);
  }
}

TEST(LyingFileSystem, IsFoundOutByAnyOfSeveralThreads) {
  const auto files = baseline_in_memory();
  Lies lies;
  lies.load = [](const View& view, uint64_t, uint64_t at) {
    return at == 40 * page_bytes ? uint64_t{0x77} : view.load(at);
  };
  LyingFileSystem lying(*files, lies);
  const TestRun run = run_workload(lying, "hole_read", {{"size", size_of_test}}, 4);
  EXPECT_EQ(message_of(run),
            "hole_read: file 'data' offset 163840: expected 0x0, seen 0x77 (through mapping 1)");
  EXPECT_EQ(run.stops, 1);
}

}  // namespace
}  // namespace daxlab
