#include "harness/judges/zero_page_cache.h"

#include <gtest/gtest.h>

#include "harness/judges/made_history_test.h"

namespace daxlab {
namespace {

SequentialEvidence with_page(const CachedPage& page) {
  MadeHistory made;
  made.add(op_of(OpKind::create, 0));
  made.add(op_of(OpKind::truncate, 0, page_bytes * 4)).after->cached_pages = {
      {"f0", 0, true, true}, page, {"f0", 3, true, true}};
  return made.evidence;
}

TEST(ZeroPageCache, ZerosOverHolesAreRight) {
  EXPECT_FALSE(judge_zero_page_cache(with_page({"f0", 1, true, true})));
  EXPECT_FALSE(judge_zero_page_cache(with_page({"", 1, true, true}))) << "of a file without a name";
  EXPECT_FALSE(judge_zero_page_cache(SequentialEvidence{}));
}

TEST(ZeroPageCache, ADirtyPageIsNot) {
  const auto verdict = judge_zero_page_cache(with_page({"f0", 1, false, true}));
  ASSERT_TRUE(verdict);
  EXPECT_EQ(verdict->judge, JudgeName::zero_page_cache);
  EXPECT_EQ(verdict->seen, "one that is not all zeros over a hole");
  EXPECT_EQ(verdict->where, "f0 page 1, after op 1 truncate f0 to 16384");
  EXPECT_EQ(verdict->at, 1u);
}

TEST(ZeroPageCache, APageBesideABlockIsNot) {
  const auto verdict = judge_zero_page_cache(with_page({"", 2, true, false}));
  ASSERT_TRUE(verdict);
  EXPECT_EQ(verdict->seen, "one of zeros where the file has a block");
  EXPECT_EQ(verdict->where, "a file without a name page 2, after op 1 truncate f0 to 16384");
}

TEST(ZeroPageCache, SeveralThreadsAreJudgedWhenTheyHaveEnded) {
  ConcurrentEvidence evidence = concurrent_evidence({});
  EXPECT_FALSE(judge_zero_page_cache(evidence));
  evidence.after = LabAtRest{.cached_pages = {{"f0", 0, true, true}}};
  EXPECT_FALSE(judge_zero_page_cache(evidence));
  evidence.after->cached_pages.push_back({"f1", 7, false, false});
  const auto verdict = judge_zero_page_cache(evidence);
  ASSERT_TRUE(verdict);
  EXPECT_EQ(verdict->where, "f1 page 7, when all threads had ended");
}

}  // namespace
}  // namespace daxlab
