#include "harness/judges/isolation.h"

#include <gtest/gtest.h>

#include <cstring>

#include "harness/crash/garbage.h"
#include "harness/judges/made_history_test.h"

namespace daxlab {
namespace {

// f0 and f1 of two pages, and a view of f0.
MadeHistory two_files() {
  MadeHistory made;
  made.add(op_of(OpKind::create, 0));
  made.add(op_of(OpKind::create, 1));
  made.add(op_of(OpKind::truncate, 0, 2 * page_bytes));
  made.add(op_of(OpKind::truncate, 1, 2 * page_bytes));
  made.add(op_of(OpKind::write, 1, 4096, 64, 0x1111));
  made.add(map_of(0, 0, {1, 1}));
  made.add(op_on_view(OpKind::store, 0, 8, 0xabcdef0123456789));
  return made;
}
AnsweredOp& add_load(MadeHistory& made, uint64_t offset, uint64_t seen) {
  AnsweredOp& op = made.add(op_on_view(OpKind::load, 0, offset));
  op.seen.word = seen;
  return op;
}
uint64_t word_of_f1(const MadeHistory& made, uint64_t offset) {
  return made.model.file(1)->word(offset);
}

std::string seen_by_isolation(const SequentialEvidence& evidence) {
  const auto verdict = judge_isolation(evidence);
  return verdict ? verdict->seen : "";
}

TEST(Isolation, WhatWasExpectedIsRight) {
  MadeHistory made = two_files();
  made.add(op_on_view(OpKind::load, 0, 8));
  made.add(op_of(OpKind::read, 1, 4000, 200));
  made.add_end(0);
  EXPECT_EQ(seen_by_isolation(made.evidence), "");
}

TEST(Isolation, StaleAndMissingWordsOfTheFileAreForCoherence) {
  MadeHistory made = two_files();
  made.add(op_on_view(OpKind::store, 0, 8, 0x5555555555555555));
  add_load(made, 8, 0xabcdef0123456789);  // what it was
  add_load(made, 8, 0);
  add_load(made, 8, 0xabcdef0155555555);  // both, in part
  EXPECT_EQ(seen_by_isolation(made.evidence), "");
}

TEST(Isolation, AWordInTheWrongPlaceOfItsFileIsForCoherence) {
  MadeHistory made = two_files();
  add_load(made, 16, 0xabcdef0123456789);
  EXPECT_EQ(seen_by_isolation(made.evidence), "");
}

TEST(Isolation, SoIsAPageInTheWrongPlaceThatWasWrittenInPart) {
  MadeHistory made = two_files();
  made.add(op_of(OpKind::write, 0, 16, 2, 0x33));
  const uint64_t in_part = made.model.file(0)->word(16);
  made.add(op_of(OpKind::write, 0, 18, 2, 0x44));
  add_load(made, 16, in_part);
  EXPECT_EQ(seen_by_isolation(made.evidence), "");
  add_load(made, 24, in_part << 32);
  EXPECT_NE(seen_by_isolation(made.evidence), "") << "not where it would be in its page";
}

TEST(Isolation, BytesOfAnotherFileAreNamed) {
  MadeHistory made = two_files();
  const uint64_t foreign = word_of_f1(made, 4104);
  add_load(made, 16, foreign);
  const auto verdict = judge_isolation(made.evidence);
  ASSERT_TRUE(verdict);
  EXPECT_NE(verdict->seen.find(": the bytes of f1 offset 4104"), std::string::npos)
      << verdict->seen;
  EXPECT_EQ(verdict->where, "op 7 load view 0 offset 16, file offset 4112");
  EXPECT_EQ(verdict->at, 7u);
}

TEST(Isolation, BytesThatWereCopiedAreTheFilesOwn) {
  MadeHistory made = two_files();
  made.add(map_of(1, 1, {1, 1}));
  Op copy = op_of(OpKind::write_from_view, 0, 4096 + 16, 8, 8);
  copy.view = 1;
  const uint64_t value = word_of_f1(made, 4104);
  made.add(copy);
  made.add(op_on_view(OpKind::store, 0, 16, 1));
  add_load(made, 16, value);  // stale, but it was there
  EXPECT_EQ(seen_by_isolation(made.evidence), "");
}

TEST(Isolation, WhatWasCopiedFromAWrongPlaceIsForCoherence) {
  MadeHistory made = two_files();
  made.add(map_of(1, 1, {0, 2}));
  Op copy = op_of(OpKind::write_from_view, 0, 16, 8, 0);
  copy.view = 1;
  made.add(copy);  // of zeros, but a word of another place came
  AnsweredOp& read = made.add(op_of(OpKind::read, 0, 16, 8));
  const uint64_t value = word_of_f1(made, 4104);
  std::memcpy(read.seen.bytes.data(), &value, 8);
  EXPECT_EQ(seen_by_isolation(made.evidence), "");
  const uint64_t shifted = value >> 8 | 3;
  std::memcpy(read.seen.bytes.data(), &shifted, 8);
  EXPECT_EQ(seen_by_isolation(made.evidence), "");
  const uint64_t garbage = garbage_word(77, 50, 2);
  std::memcpy(read.seen.bytes.data(), &garbage, 8);
  EXPECT_NE(seen_by_isolation(made.evidence), "") << "but nobody's own";
}

TEST(Isolation, BytesOfAnEarlierFileOfThatNameAreForeign) {
  MadeHistory made = two_files();
  const uint64_t old = word_of_f1(made, 4096);
  made.add(op_of(OpKind::unlink, 1));
  made.add(op_of(OpKind::create, 1));
  made.add(op_of(OpKind::truncate, 1, 2 * page_bytes));
  AnsweredOp& read = made.add(op_of(OpKind::read, 1, 4096, 8));
  std::memcpy(read.seen.bytes.data(), &old, 8);
  EXPECT_NE(seen_by_isolation(made.evidence).find(": the bytes of f1 offset 4096"),
            std::string::npos);
}

TEST(Isolation, FreedBytesAtAnotherPlaceAreForeign) {
  for (const Op& freeing :
       {op_of(OpKind::punch, 1, 4096, 4096), op_of(OpKind::truncate, 1, 4096),
        op_of(OpKind::write, 1, 4096, 64, 0x2222)}) {  // a copy may have taken its place
    MadeHistory made = two_files();
    made.evidence.atomic_writes = true;
    const uint64_t old = word_of_f1(made, 4104);
    made.add(freeing);
    AnsweredOp& read = made.add(op_of(OpKind::read, 1, 0, 64));
    std::memcpy(&read.seen.bytes[8], &old, 8);
    EXPECT_NE(
        seen_by_isolation(made.evidence).find("the bytes of f1 offset 4104, which were freed"),
        std::string::npos)
        << to_text(freeing) << ": " << seen_by_isolation(made.evidence);
    made.evidence.atomic_writes = false;
    EXPECT_EQ(seen_by_isolation(made.evidence).empty(), freeing.kind == OpKind::write)
        << "in place";
  }
}

TEST(Isolation, CutBytesThatComeBackAreForCoherence) {
  MadeHistory made = two_files();
  const uint64_t old = word_of_f1(made, 4096);
  made.add(op_of(OpKind::truncate, 1, 4096));
  made.add(op_of(OpKind::truncate, 1, 2 * page_bytes));
  AnsweredOp& read = made.add(op_of(OpKind::read, 1, 4096, 8));
  std::memcpy(read.seen.bytes.data(), &old, 8);
  EXPECT_EQ(seen_by_isolation(made.evidence), "");
}

TEST(Isolation, WhatAFreeBlockHeldIsNamed) {
  MadeHistory made = two_files();
  add_load(made, 24, garbage_word(77, 42, 3));
  EXPECT_NE(seen_by_isolation(made.evidence).find("what free block 42 held before the run"),
            std::string::npos);
  MadeHistory read_in_part = two_files();
  AnsweredOp& read = read_in_part.add(op_of(OpKind::read, 0, 25, 5));
  const uint64_t garbage = garbage_word(77, 42, 3);
  std::memcpy(read.seen.bytes.data(), reinterpret_cast<const char*>(&garbage) + 1, 5);
  EXPECT_NE(seen_by_isolation(read_in_part.evidence).find("what free block 42 held"),
            std::string::npos);
}

TEST(Isolation, AByteOrTwoAreSomebodysByChance) {
  MadeHistory made = two_files();
  made.add(op_of(OpKind::read, 0, 25, 3)).seen.bytes[1] = std::byte{9};
  EXPECT_EQ(seen_by_isolation(made.evidence), "");
}

TEST(Isolation, BytesThatNobodyWroteAreForeign) {
  MadeHistory made = two_files();
  add_load(made, 24, 0x7777777777777777);
  EXPECT_EQ(seen_by_isolation(made.evidence), "0x7777777777777777: bytes that nobody wrote there");
}

TEST(Isolation, MoreBytesThanTheFileHasAreLookedAtToo) {
  MadeHistory made = two_files();
  AnsweredOp& read = made.add(op_of(OpKind::read, 0, 8176, 32));
  ASSERT_EQ(read.seen.bytes.size(), 16u);
  read.seen.bytes.resize(32, std::byte{0});
  EXPECT_EQ(seen_by_isolation(made.evidence), "");
  const uint64_t garbage = garbage_word(77, 12, 0);
  std::memcpy(&read.seen.bytes[16], &garbage, 8);
  EXPECT_NE(seen_by_isolation(made.evidence).find("block 12"), std::string::npos);
}

TEST(Isolation, WhatIsShownAtTheEndAndAfterAFailureIsLookedAtToo) {
  MadeHistory made = two_files();
  const uint64_t garbage = garbage_word(77, 13, 5);
  made.add_end(0);
  std::memcpy(&made.evidence.at_end[0].shown.seen[40], &garbage, 8);
  const auto at_end = judge_isolation(made.evidence);
  ASSERT_TRUE(at_end);
  EXPECT_EQ(at_end->at, when_all_was_done);
  AnsweredOp& failed = made.add_failed(op_of(OpKind::write, 1, 0, page_bytes, 3));
  std::memcpy(&failed.file->seen[40], &garbage, 8);
  EXPECT_EQ(judge_isolation(made.evidence)->where,
            "the file, read after op 7 write f1 offset 0 length 4096 value 0x3, file offset 40");
}

TEST(Isolation, BytesOfAWriteThatFailedAreForEnospc) {
  MadeHistory made = two_files();
  AnsweredOp& failed = made.add_failed(op_of(OpKind::write, 1, 0, page_bytes, 3));
  const auto wanted = written_bytes(3, page_bytes);
  std::copy(wanted.begin(), wanted.end(), failed.file->seen.begin());
  EXPECT_EQ(seen_by_isolation(made.evidence), "");
  AnsweredOp& shorter = made.add_short(op_of(OpKind::write, 1, 0, page_bytes, 3), 100);
  std::copy(wanted.begin(), wanted.end(), shorter.file->seen.begin());
  EXPECT_EQ(seen_by_isolation(made.evidence), "");
}

TEST(Isolation, AnUnsafeAnswerOfAStrategyIsItsBusiness) {
  MadeHistory made = two_files();
  made.evidence.ops[6].after->unsafe_answer = "fault inserts blocks 4 to 5, which it was not given";
  EXPECT_EQ(seen_by_isolation(made.evidence), *made.evidence.ops[6].after->unsafe_answer);
  made.evidence.ops[6].after->unsafe_answer = "allocate returned block 5, which is in use already";
  EXPECT_EQ(seen_by_isolation(made.evidence), "") << "accounting's";
  made.evidence.ops[6].after->unsafe_answer.reset();
  made.evidence.emptied->unsafe_answer = "write copies to file page 3, which it has not reserved";
  EXPECT_EQ(judge_isolation(made.evidence)->at, when_all_was_done);
}

}  // namespace
}  // namespace daxlab
