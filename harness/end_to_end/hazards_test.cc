// A strategy that is wrong fails its cells, with the first byte that shows it; the cells of right
// ones in the same run are not touched by that.
#include <gmock/gmock.h>

#include "harness/end_to_end/experiment.h"

namespace daxlab {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;

std::string wrong_word_of(const std::string& workload) {
  return workload +
         ": file '[a-z0-9_]+' offset [0-9]+: expected 0x[0-9a-f]+, seen 0x[0-9a-f]+ "
         "\\(through (read|mapping [0-9]+)\\)";
}

class Hazards : public Experiment {};

TEST_F(Hazards, FaultStrategiesThatAreWrongAreFoundAtMkwrite) {
  run(preamble +
      "matrix: {fault: [global_zero, global_zero_without_repair, global_zero_without_unmap]}\n"
      "workloads: [{name: mkwrite, size: 1MiB, mappings: 2}]\n");
  const std::string workload = "mkwrite:size=1MiB,mappings=2";
  const auto name = [&](const std::string& fault) {
    return workload + "/mmu/memfd/" + fault + "/partial/first_fit/threads:1";
  };
  EXPECT_EQ(outcome_.exit_status, 1) << outcome_.out;
  EXPECT_EQ(passed(name("global_zero"))["operations"], 256);
  for (const std::string hazard : {"global_zero_without_repair", "global_zero_without_unmap"}) {
    EXPECT_THAT(failure(name(hazard)), MatchesRegex(wrong_word_of("mkwrite")));
  }
  EXPECT_THAT(outcome_.out, HasSubstr("1 of 3 cells passed, 2 failed"));
}

TEST_F(Hazards, AZeroPageLeftMappedIsFoundAfterWrites) {
  run(preamble +
      "matrix: {fault: [page_zero, global_zero_without_unmap, global_zero]}\n"
      "workloads: [{name: write_after_hole_read, size: 1MiB}]\n");
  const auto name = [](const std::string& fault) {
    return "write_after_hole_read:size=1MiB/mmu/memfd/" + fault + "/partial/first_fit/threads:1";
  };
  EXPECT_EQ(outcome_.exit_status, 1) << outcome_.out;
  passed(name("page_zero"));
  passed(name("global_zero"));
  EXPECT_THAT(failure(name("global_zero_without_unmap")),
              MatchesRegex(wrong_word_of("write_after_hole_read")));
}

TEST_F(Hazards, ABufferedFallbackIsFoundWhenSpaceRunsOut) {
  run(preamble +
      "matrix: {write: [partial, partial_with_buffered_fallback, all_or_nothing]}\n"
      "workloads: [enospc, {name: enospc, on_short: retry}, {name: enospc, threads: 4}]\n");
  EXPECT_EQ(outcome_.exit_status, 1) << outcome_.out;
  for (const std::string workload : {"enospc", "enospc:on_short=retry", "enospc 4"}) {
    const size_t space = workload.find(' ');
    const std::string threads = space == std::string::npos ? "1" : workload.substr(space + 1);
    const auto name = [&](const std::string& write) {
      return workload.substr(0, space) + "/mmu/memfd/global_zero/" + write +
             "/first_fit/threads:" + threads;
    };
    passed(name("partial"));
    passed(name("all_or_nothing"));
    EXPECT_THAT(failure(name("partial_with_buffered_fallback")),
                MatchesRegex(wrong_word_of("enospc")));
  }
  EXPECT_THAT(outcome_.out, HasSubstr("6 of 9 cells passed, 3 failed"));
}

}  // namespace
}  // namespace daxlab
