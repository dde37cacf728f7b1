// What a workload refuses before it begins.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "core/base/sizes.h"
#include "harness/workloads/bounded_file_system.h"
#include "harness/workloads/lying_file_system.h"
#include "harness/workloads/workload_test_run.h"

namespace daxlab {
namespace {

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
  EXPECT_EQ(names.size(), 16u);
  EXPECT_EQ(make_workload("no_such_workload"), nullptr);
}

TEST(Workloads, RefuseWhatCannotFitAndWhatIsNotAligned) {
  const auto files = baseline_in_memory();
  const uint64_t too_much = (files->space_use().free_blocks + 1) * page_bytes;
  for (const char* name :
       {"mkwrite", "mapped_write", "write", "write_after_hole_read", "mixed", "truncate_regrow",
        "punch_storm", "read", "mapped_read", "second_touch", "many_mappings"}) {
    const std::string message = message_of(run_workload(*files, name, {{"size", too_much}}));
    EXPECT_NE(message.find(std::string(name) + ": needs "), std::string::npos) << message;
    EXPECT_NE(message.find("make the workload's size smaller"), std::string::npos) << message;
  }
  for (const char* name : {"write", "mapped_write", "mixed", "punch_storm", "enospc", "read"}) {
    EXPECT_EQ(message_of(run_workload(*files, name, {{"block_size", 12}})),
              std::string(name) + ": block_size 12 is not a multiple of 8");
  }
}

TEST(Workloads, RefuseAWriteThatNoStrategyWouldTake) {
  const auto files = baseline_in_memory();
  Lies lies;
  lies.max_write_bytes = 2048 * KiB;
  LyingFileSystem limited(*files, lies);
  for (const char* name : {"write", "mixed", "punch_storm", "enospc"}) {
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

TEST(Workloads, ThatShareAFileRefuseMoreThreadsThanItHasParts) {
  const auto files = baseline_in_memory();
  const std::map<std::string, uint64_t> options{{"size", 4 * KiB}, {"block_size", 2 * KiB}};
  EXPECT_EQ(message_of(run_workload(*files, "mixed", options, 3)),
            "mixed: 3 threads share 2 blocks: make size larger or threads fewer");
  EXPECT_EQ(message_of(run_workload(*files, "punch_storm", {{"size", 4 * KiB}}, 513)),
            "punch_storm: 513 threads share 512 words: make size larger or threads fewer");
}

TEST(Workloads, RefuseAnAppendThatIsNotSequential) {
  const auto files = baseline_in_memory();
  const TestRun run = run_workload(*files, "write", {{"mode", 1}, {"pattern", 2}});
  EXPECT_EQ(message_of(run),
            "write: mode append is sequential: leave pattern out, or choose overwrite");
  EXPECT_EQ(message_of(run_workload(*files, "write", {{"mode", 1}, {"holes.every", 8192}})),
            "write: mode append begins with an empty file: leave holes out");
}

TEST(Workloads, OfManyFilesCountWhatEachNeeds) {
  const auto files = baseline_in_memory();
  BoundedFileSystem small(*files, 100, AtFull::partial);
  const std::map<std::string, uint64_t> options{{"files", 16}, {"size", 1}, {"sizes", 1}};
  EXPECT_EQ(message_of(run_workload(small, "open_map_read_unmap", options)),
            "open_map_read_unmap: needs 152 free blocks of 4096 bytes, 100 are there: make the "
            "workload's size smaller or the region larger");
}

}  // namespace
}  // namespace daxlab
