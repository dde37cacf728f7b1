#include "harness/judges/accounting.h"

#include <gtest/gtest.h>

#include "harness/judges/made_history_test.h"

namespace daxlab {
namespace {

// A file of two pages in two blocks and a node.
MadeHistory two_pages() {
  MadeHistory made;
  made.add(op_of(OpKind::create, 0));
  made.add(op_of(OpKind::write, 0, 0, 2 * page_bytes, 5), 3);
  return made;
}

std::string seen_by_accounting(const SequentialEvidence& evidence) {
  const auto verdict = judge_accounting(evidence);
  return verdict ? verdict->seen : "";
}

TEST(Accounting, BlocksThatAddUpAreRight) {
  MadeHistory made = two_pages();
  made.add(op_of(OpKind::punch, 0, 0, page_bytes), uint64_t(-1));
  made.add(op_of(OpKind::truncate, 0, 0), uint64_t(-2));
  made.add(op_of(OpKind::unlink, 0));
  EXPECT_EQ(seen_by_accounting(made.evidence), "");
}

TEST(Accounting, ABlockInNoFileAndNotFreeIsLost) {
  MadeHistory made = two_pages();
  made.evidence.ops[1].after->space->free_blocks -= 1;
  const auto verdict = judge_accounting(made.evidence);
  ASSERT_TRUE(verdict);
  EXPECT_EQ(verdict->expected, "used + free = 100 blocks");
  EXPECT_EQ(verdict->seen, "13 + 86: 1 are in no file and not free");
  EXPECT_EQ(verdict->at, 1u);
}

TEST(Accounting, ABlockInAFileAndFreeIsCountedTwice) {
  MadeHistory made = two_pages();
  made.evidence.ops[1].after->space->free_blocks += 2;
  EXPECT_EQ(seen_by_accounting(made.evidence), "13 + 89: 2 are counted twice");
}

TEST(Accounting, OnlyFreeBlocksAreReserved) {
  MadeHistory made = two_pages();
  made.evidence.ops[1].after->space->reserved_blocks = 87;
  EXPECT_EQ(seen_by_accounting(made.evidence), "");
  made.evidence.ops[1].after->space->reserved_blocks = 88;
  const auto verdict = judge_accounting(made.evidence);
  ASSERT_TRUE(verdict);
  EXPECT_EQ(verdict->expected, "at most the 87 free blocks are reserved");
  EXPECT_EQ(verdict->seen, "88");
}

TEST(Accounting, FilesHoldNoMoreThanTheirSizes) {
  MadeHistory made = two_pages();
  const uint64_t most = most_blocks_of(made.model);
  made.evidence.ops[1].after->space = MadeHistory::space_of(10 + most);
  EXPECT_EQ(seen_by_accounting(made.evidence), "") << "as much as a map of full height needs";
  made.evidence.ops[1].after->space = MadeHistory::space_of(10 + most + 1);
  EXPECT_EQ(seen_by_accounting(made.evidence), std::to_string(10 + most + 1));
  made.evidence.ops[1].most_blocks.reset();
  EXPECT_EQ(seen_by_accounting(made.evidence), "") << "unknown";
}

TEST(Accounting, WhatIsCutIsGivenBack) {
  MadeHistory made = two_pages();
  made.add(op_of(OpKind::truncate, 0, 0));  // and keeps 3 blocks
  const auto verdict = judge_accounting(made.evidence);
  ASSERT_TRUE(verdict);
  EXPECT_EQ(verdict->expected, "10 blocks in use or fewer: what files of these sizes can hold");
  EXPECT_EQ(verdict->where, "after op 2 truncate f0 to 0");
}

TEST(Accounting, AFileThatAViewShowsKeepsItsBlocks) {
  MadeHistory made = two_pages();
  made.add(map_of(0, 0, {0, 2}));
  made.add(op_of(OpKind::unlink, 0));
  made.add(op_of(OpKind::create, 0));
  EXPECT_EQ(seen_by_accounting(made.evidence), "");
  made.add(op_on_view(OpKind::unmap, 0, 0));
  EXPECT_NE(seen_by_accounting(made.evidence), "") << "gone with its last view";
  made.evidence.ops.back().after->space = MadeHistory::space_of(10);
  EXPECT_EQ(seen_by_accounting(made.evidence), "");
}

TEST(Accounting, OperationsThatFreeUseNothing) {
  for (const OpKind kind : {OpKind::punch, OpKind::truncate, OpKind::unlink}) {
    MadeHistory made = two_pages();
    made.add(op_of(kind, 0, page_bytes * 2, page_bytes), 1);
    const auto verdict = judge_accounting(made.evidence);
    ASSERT_TRUE(verdict) << name_of(kind);
    EXPECT_EQ(verdict->expected, "13 blocks in use or fewer");
    EXPECT_EQ(verdict->seen, "14");
  }
}

TEST(Accounting, WhenAllIsGoneAllIsAsAtFirst) {
  MadeHistory made = two_pages();
  made.evidence.emptied->space = MadeHistory::space_of(11);
  const auto verdict = judge_accounting(made.evidence);
  ASSERT_TRUE(verdict);
  EXPECT_EQ(verdict->expected, "10 blocks used and 90 free, as at first");
  EXPECT_EQ(verdict->seen, "11 and 89");
  EXPECT_EQ(verdict->at, when_all_was_gone);
  made.evidence.emptied.reset();
  EXPECT_EQ(seen_by_accounting(made.evidence), "");
}

TEST(Accounting, AnUnsafeAnswerOfAnAllocatorIsItsBusiness) {
  MadeHistory made = two_pages();
  made.evidence.ops[1].after->unsafe_answer =
      "allocate returned blocks 5 to 6, of which block 5 is in use already";
  EXPECT_EQ(seen_by_accounting(made.evidence), *made.evidence.ops[1].after->unsafe_answer);
  made.evidence.ops[1].after->unsafe_answer = "fault inserts blocks 4 to 5, which it was not given";
  EXPECT_EQ(seen_by_accounting(made.evidence), "") << "no allocator's";
  made.evidence.emptied->unsafe_answer = "allocate returned 2 blocks where at most 1 was asked for";
  EXPECT_EQ(judge_accounting(made.evidence)->at, when_all_was_done);
}

TEST(Accounting, WhatNobodyLookedAtIsNotJudged) {
  MadeHistory made = two_pages();
  for (AnsweredOp& op : made.evidence.ops) op.after->space.reset();
  EXPECT_EQ(seen_by_accounting(made.evidence), "");
  for (AnsweredOp& op : made.evidence.ops) op.after.reset();
  EXPECT_EQ(seen_by_accounting(made.evidence), "");
}

TEST(Accounting, SeveralThreadsAreJudgedWhenTheyHaveEnded) {
  ConcurrentEvidence evidence = concurrent_evidence({});
  evidence.after = LabAtRest{.space = MadeHistory::space_of(20)};
  evidence.emptied = LabAtRest{.space = MadeHistory::space_of(10)};
  EXPECT_FALSE(judge_accounting(evidence));
  evidence.emptied->space = MadeHistory::space_of(11);
  EXPECT_TRUE(judge_accounting(evidence)) << "as at first";
  evidence.emptied.reset();
  EXPECT_FALSE(judge_accounting(evidence));
  evidence.after->space->free_blocks -= 1;
  EXPECT_TRUE(judge_accounting(evidence));
  evidence.after = LabAtRest{.unsafe_answer = "allocate returned 3 blocks where at most 1 was"};
  EXPECT_TRUE(judge_accounting(evidence));
}

}  // namespace
}  // namespace daxlab
