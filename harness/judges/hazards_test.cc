// Strategies that are wrong on purpose are accused by the judge whose promise they break.
#include <gtest/gtest.h>

#include <map>

#include "harness/histories/random_history.h"
#include "harness/judges/gather.h"
#include "harness/judges/judge_all.h"
#include "harness/strategies/named_lab.h"

namespace daxlab {
namespace {

// How many of these histories each judge accuses.
std::map<JudgeName, uint64_t> accusations(const NamedLab& names, uint64_t histories) {
  std::map<JudgeName, uint64_t> found;
  auto lab = make_lab(names);
  for (uint64_t seed = 1; seed <= histories; ++seed) {
    const auto verdict = judge_all(gather(*lab, random_history(seed), {}));
    if (verdict) ++found[verdict->judge];
  }
  return found;
}

NamedLab lab_with_fault(const char* fault) {
  return {.engine = EngineKind::simulator, .fault = fault, .region_bytes = uint64_t{4} << 20};
}

TEST(Hazards, AStoreToTheWrongOffsetIsIncoherent) {
  const auto found = accusations(lab_with_fault("global_zero_without_repair"), 200);
  EXPECT_GT(found.at(JudgeName::coherence), 2u);
}

TEST(Hazards, AZeroPageThatStaysIsIncoherent) {
  const auto found = accusations(lab_with_fault("global_zero_without_unmap"), 200);
  EXPECT_GT(found.at(JudgeName::coherence), 2u);
  EXPECT_EQ(found.size(), 1u) << "of nothing else";
}

TEST(Hazards, ABufferedWriteDirtiesThePageCache) {
  const auto found = accusations({.engine = EngineKind::simulator,
                                  .fault = "page_zero",
                                  .write = "partial_with_buffered_fallback",
                                  .region_bytes = uint64_t{64} << 10},
                                 60);
  EXPECT_GT(found.at(JudgeName::zero_page_cache), 10u);
}

}  // namespace
}  // namespace daxlab
