#include "harness/judges/judge_all.h"

#include <gtest/gtest.h>

#include <cstring>

#include "harness/crash/garbage.h"
#include "harness/judges/made_history_test.h"

namespace daxlab {
namespace {

// Wrong in every way at operation 3: garbage is seen, a cached page is dirty, a write that found no
// space kept a block and lost another.
MadeHistory all_wrong() {
  MadeHistory made;
  made.add(op_of(OpKind::create, 0));
  made.add(op_of(OpKind::preallocate, 0, 0, page_bytes * 80), 81);
  made.add(map_of(0, 0, {0, 2}));
  AnsweredOp& op = made.add_failed(op_of(OpKind::write, 0, 80 * page_bytes, page_bytes, 3));
  const uint64_t garbage = garbage_word(77, 20, 0);
  std::memcpy(op.file->seen.data(), &garbage, sizeof garbage);
  op.after->space = SpaceUse{100, 92, 7, 0};
  op.after->cached_pages.push_back({"f0", 3, false, true});
  return made;
}

TEST(JudgeAll, TheMostSpecificSpeaksFirst) {
  const SequentialEvidence evidence = all_wrong().evidence;
  JudgeSet left{JudgeName::isolation, JudgeName::zero_page_cache, JudgeName::enospc,
                JudgeName::accounting, JudgeName::coherence};
  EXPECT_EQ(judge_all(evidence)->judge, JudgeName::isolation);
  for (const JudgeName next : {JudgeName::isolation, JudgeName::zero_page_cache, JudgeName::enospc,
                               JudgeName::accounting, JudgeName::coherence}) {
    const auto verdict = judge_all(evidence, left);
    ASSERT_TRUE(verdict) << name_of(next);
    EXPECT_EQ(verdict->judge, next);
    EXPECT_EQ(verdict->at, 3u);
    left.erase(next);
  }
}

TEST(JudgeAll, TheEarliestComesBeforeTheMostSpecific) {
  SequentialEvidence evidence = all_wrong().evidence;
  evidence.ops[1].after->space->free_blocks -= 1;
  EXPECT_EQ(judge_all(evidence)->judge, JudgeName::accounting);
  EXPECT_EQ(judge_all(evidence)->at, 1u);
}

TEST(JudgeAll, OnlyThoseThatAreWantedSpeak) {
  const SequentialEvidence evidence = all_wrong().evidence;
  EXPECT_EQ(judge_all(evidence, {JudgeName::coherence})->judge, JudgeName::coherence);
  EXPECT_FALSE(judge_all(evidence, {JudgeName::durability, JudgeName::parity}));
}

TEST(JudgeAll, NothingIsWrongWithNothing) {
  EXPECT_FALSE(judge_all(SequentialEvidence{}));
  EXPECT_FALSE(judge_all(concurrent_evidence({})));
}

TEST(JudgeAll, OfSeveralThreadsTheMostSpecificSpeaksFirst) {
  ConcurrentEvidence evidence = concurrent_evidence(
      {event_of(0, shared_op(SharedOpKind::load, 8), 1, 2, {garbage_word(77, 20, 1)})});
  EXPECT_EQ(judge_all(evidence)->judge, JudgeName::isolation);
  EXPECT_EQ(judge_all(evidence, {JudgeName::coherence})->judge, JudgeName::coherence);
  evidence.after = LabAtRest{.space = SpaceUse{100, 5, 5, 0}};
  EXPECT_EQ(judge_all(evidence)->judge, JudgeName::isolation);
  EXPECT_EQ(judge_all(evidence, {JudgeName::accounting, JudgeName::coherence})->judge,
            JudgeName::accounting);
}

}  // namespace
}  // namespace daxlab
