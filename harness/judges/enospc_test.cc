#include "harness/judges/enospc.h"

#include <gtest/gtest.h>

#include "harness/judges/made_history_test.h"

namespace daxlab {
namespace {

// A file of a page, and little space left by another.
MadeHistory nearly_full() {
  MadeHistory made;
  made.add(op_of(OpKind::create, 0));
  made.add(op_of(OpKind::write, 0, 0, page_bytes, 5), 2);
  made.add(op_of(OpKind::create, 1));
  made.add(op_of(OpKind::preallocate, 1, 0, 81 * page_bytes), 82);
  return made;
}
const Op write_of_two_pages = op_of(OpKind::write, 0, page_bytes - 8, 2 * page_bytes, 9);

std::string seen_by_enospc(const SequentialEvidence& evidence) {
  const auto verdict = judge_enospc(evidence);
  return verdict ? verdict->seen : "";
}

TEST(Enospc, AFailureThatChangesNothingIsRight) {
  MadeHistory made = nearly_full();
  made.add_failed(write_of_two_pages);
  made.add_failed(op_of(OpKind::preallocate, 0, page_bytes, page_bytes * 20));
  made.add(map_of(0, 0, {0, 4}));
  made.add_failed(op_on_view(OpKind::store, 0, 8, 3));
  made.add_failed(op_on_view(OpKind::load, 0, 16));
  made.add_failed(op_on_view(OpKind::prefault, 0, 0, 1));
  made.evidence.all_or_nothing = true;
  EXPECT_EQ(seen_by_enospc(made.evidence), "");
}

TEST(Enospc, AShortWriteIsRightUnlessAllOrNothingIsPromised) {
  MadeHistory made = nearly_full();
  made.add_short(write_of_two_pages, page_bytes + 8, 1);
  EXPECT_EQ(seen_by_enospc(made.evidence), "");
  made.evidence.all_or_nothing = true;
  const auto verdict = judge_enospc(made.evidence);
  ASSERT_TRUE(verdict);
  EXPECT_EQ(verdict->expected, "all of the write or no space");
  EXPECT_EQ(verdict->seen, "4104 bytes of 8192");
  EXPECT_EQ(verdict->where, "op 4 write f0 offset 4088 length 8192 value 0x9");
}

TEST(Enospc, NothingWrittenIsNoSpace) {
  MadeHistory made = nearly_full();
  made.add_short(write_of_two_pages, 0);
  EXPECT_EQ(seen_by_enospc(made.evidence), "a write of 0 bytes that passes for one");
}

TEST(Enospc, NoSpaceIsSaidWhenThereIsNone) {
  const auto with_free = [](uint64_t free_blocks) {
    MadeHistory made = nearly_full();
    made.evidence.ops[3].after->space = MadeHistory::space_of(100 - free_blocks);
    made.add_failed(write_of_two_pages);
    made.evidence.ops[4].after = made.evidence.ops[3].after;
    return made;
  };
  // Three pages, and a map of full height.
  EXPECT_EQ(seen_by_enospc(with_free(6).evidence), "");
  MadeHistory made = with_free(7);
  EXPECT_EQ(seen_by_enospc(made.evidence), "no space left in the region");
  made.evidence.faults.no_space_at = 7;
  EXPECT_EQ(seen_by_enospc(made.evidence), "") << "an injected failure needs no reason";
  made.evidence.faults = {};
  made.evidence.ops[3].after.reset();
  EXPECT_EQ(seen_by_enospc(made.evidence), "") << "nobody looked";
  MadeHistory shorter = with_free(7);
  shorter.evidence.ops.pop_back();
  shorter.add_short(write_of_two_pages, 8);
  EXPECT_EQ(seen_by_enospc(shorter.evidence), "8 bytes of 8192");
}

TEST(Enospc, BlocksThatAreKeptBackAreNoneThatItCouldHave) {
  const auto with_reserve = [](uint64_t before, uint64_t after) {
    MadeHistory made = nearly_full();
    made.evidence.ops[3].after->space = MadeHistory::space_of(90);
    made.add_failed(write_of_two_pages);
    made.evidence.ops[4].after = made.evidence.ops[3].after;
    made.evidence.ops[3].after->space->reserved_blocks = before;
    made.evidence.ops[4].after->space->reserved_blocks = after;
    return judge_enospc(made.evidence);
  };
  EXPECT_FALSE(with_reserve(4, 4));
  EXPECT_FALSE(with_reserve(0, 4)) << "it has grown";
  EXPECT_FALSE(with_reserve(50, 50)) << "for accounting to find";
  const auto verdict = with_reserve(3, 3);
  ASSERT_TRUE(verdict);
  EXPECT_EQ(verdict->expected, "space: 7 blocks were free and not reserved, 7 are enough");
}

TEST(Enospc, AFaultMayHaveGivenItsSpaceToPagesAround) {
  MadeHistory made = nearly_full();
  made.evidence.ops[3].after->space = SpaceUse{700, 94, 500, 0};
  made.add_failed(op_on_view(OpKind::store, 0, 8, 3));
  EXPECT_EQ(seen_by_enospc(made.evidence), "");
  made.evidence.ops[3].after->space = SpaceUse{700, 94, 550, 0};
  EXPECT_NE(seen_by_enospc(made.evidence), "");
}

TEST(Enospc, WhoSaysThatAllIsWrittenHasMovedTheSize) {
  MadeHistory made = nearly_full();
  made.evidence.ops[3].after->space = MadeHistory::space_of(95);
  AnsweredOp& full = made.add(write_of_two_pages);
  full.after.reset();
  EXPECT_EQ(seen_by_enospc(made.evidence), "");
  full.seen.size_bytes = 2 * page_bytes;
  EXPECT_EQ(seen_by_enospc(made.evidence), "8192");
  made.evidence.ops[3].after->space = MadeHistory::space_of(20);
  EXPECT_EQ(seen_by_enospc(made.evidence), "") << "with much space it is for coherence";
}

TEST(Enospc, AFailureDoesNotMoveTheSize) {
  MadeHistory made = nearly_full();
  made.add_failed(write_of_two_pages).seen.size_bytes = page_bytes * 3 - 8;
  EXPECT_EQ(seen_by_enospc(made.evidence), "12280");
  MadeHistory preallocated = nearly_full();
  preallocated.add_failed(op_of(OpKind::preallocate, 0, page_bytes, page_bytes * 9))
      .seen.size_bytes += 1;
  EXPECT_EQ(seen_by_enospc(preallocated.evidence), "4097");
}

TEST(Enospc, AShortWriteMovesTheSizeToItsEnd) {
  for (const int64_t off : {-1, 1}) {
    MadeHistory made = nearly_full();
    made.add_short(write_of_two_pages, page_bytes + 8, 1).seen.size_bytes +=
        static_cast<uint64_t>(off);
    EXPECT_EQ(seen_by_enospc(made.evidence), std::to_string(8192 + off));
  }
}

TEST(Enospc, AFailedWriteLeavesNoByte) {
  MadeHistory made = nearly_full();
  AnsweredOp& failed = made.add_failed(write_of_two_pages);
  const auto wanted = written_bytes(9, 2 * page_bytes);
  failed.file->seen[page_bytes - 6] = wanted[2];
  const auto verdict = judge_enospc(made.evidence);
  ASSERT_TRUE(verdict);
  EXPECT_EQ(verdict->expected, "0 bytes of 8192 written, no more");
  EXPECT_EQ(verdict->seen, "byte 2 in the file");
}

TEST(Enospc, AShortWriteLeavesNoMoreThanItReturned) {
  MadeHistory made = nearly_full();
  AnsweredOp& op = made.add_short(write_of_two_pages, 8);
  EXPECT_EQ(seen_by_enospc(made.evidence), "");
  const auto wanted = written_bytes(9, 2 * page_bytes);
  op.file->seen.push_back(wanted[8]);
  EXPECT_EQ(seen_by_enospc(made.evidence), "byte 8 in the file");
}

TEST(Enospc, OtherBytesThatAreWrongAreForOtherJudges) {
  MadeHistory made = nearly_full();
  AnsweredOp& failed = made.add_failed(write_of_two_pages);
  failed.file->seen[0] ^= std::byte{1};
  const auto wanted = written_bytes(9, 2 * page_bytes);
  failed.file->seen[page_bytes - 1] = wanted[7] ^ std::byte{1};
  EXPECT_EQ(seen_by_enospc(made.evidence), "");
}

TEST(Enospc, AFailureKeepsNoBlocks) {
  for (const Op& op : {write_of_two_pages, op_of(OpKind::preallocate, 0, 0, page_bytes * 20)}) {
    MadeHistory made = nearly_full();
    made.add_failed(op).after->space = MadeHistory::space_of(95);
    EXPECT_EQ(seen_by_enospc(made.evidence), "95 and 5");
    made.evidence.ops.back().after->unsafe_answer = "allocate returned block 7, in use already";
    EXPECT_EQ(seen_by_enospc(made.evidence), "") << "that says more";
    made.evidence.ops.back().after->unsafe_answer.reset();
    made.evidence.ops.back().after->space = MadeHistory::space_of(94);
    made.evidence.ops.back().after->space->free_blocks -= 1;
    EXPECT_EQ(seen_by_enospc(made.evidence), "94 and 5") << "a leak";
  }
}

TEST(Enospc, AStoreThatFailedMayHaveServedOtherPages) {
  MadeHistory made = nearly_full();
  made.add(map_of(0, 0, {0, 4}));
  made.add_failed(op_on_view(OpKind::store, 0, 8, 3)).after->space = MadeHistory::space_of(94);
  EXPECT_EQ(seen_by_enospc(made.evidence), "");
}

TEST(Enospc, AWriteUsesNoMoreThanItsBytesNeed) {
  MadeHistory made;
  made.add(op_of(OpKind::create, 0));
  made.add(op_of(OpKind::write, 0, 100, page_bytes, 5), 2 + 4);
  EXPECT_EQ(seen_by_enospc(made.evidence), "") << "two pages and a map of full height";
  made.evidence.ops[1].after->space->used_blocks += 1;
  EXPECT_EQ(seen_by_enospc(made.evidence), "7 more");
  MadeHistory shorter = nearly_full();
  shorter.add_short(write_of_two_pages, 8, 1 + 4);
  EXPECT_EQ(seen_by_enospc(shorter.evidence), "") << "one page and its map";
  shorter.evidence.ops.back().after->space->used_blocks += 1;
  EXPECT_EQ(seen_by_enospc(shorter.evidence), "6 more") << "kept what it had reserved";
}

}  // namespace
}  // namespace daxlab
