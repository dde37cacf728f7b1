#include "harness/judges/coherence.h"

#include <gtest/gtest.h>

#include "harness/judges/made_history_test.h"

namespace daxlab {
namespace {

MadeHistory some_answers() {
  MadeHistory made;
  made.add(op_of(OpKind::create, 0));
  made.add(op_of(OpKind::write, 0, 0, page_bytes + 8, 5), 3);
  made.add(map_of(0, 0, {0, 3}));
  made.add(op_on_view(OpKind::load, 0, 8));
  made.add(op_of(OpKind::read, 0, 4, 9));
  made.add(op_on_view(OpKind::load, 0, 2 * page_bytes));  // past the end
  made.add(op_of(OpKind::create, 0));                     // it exists
  made.add_end(0);
  return made;
}

template <class Change>
std::optional<Verdict> after(Change change) {
  MadeHistory made = some_answers();
  change(made.evidence);
  return judge_coherence(made.evidence);
}

TEST(Coherence, TheModelsAnswersAreRight) {
  EXPECT_FALSE(judge_coherence(some_answers().evidence));
  EXPECT_FALSE(judge_coherence(SequentialEvidence{}));
}

TEST(Coherence, AWrongWordIsNamedWithItsOperation) {
  const auto verdict = after([](auto& e) { e.ops[3].seen.word = 0; });
  ASSERT_TRUE(verdict);
  EXPECT_EQ(verdict->seen, "0x0");
  EXPECT_EQ(verdict->where, "op 3 load view 0 offset 8");
  EXPECT_EQ(verdict->at, 3u);
}

TEST(Coherence, EveryFieldOfAnAnswerCounts) {
  EXPECT_TRUE(after([](auto& e) { e.ops[0].seen.code = ErrorCode::no_space; }));
  EXPECT_TRUE(after([](auto& e) { e.ops[1].seen.size_bytes -= 1; }));
  EXPECT_TRUE(after([](auto& e) { e.ops[1].seen.count_bytes -= 1; }));
  EXPECT_TRUE(after([](auto& e) { e.ops[4].seen.bytes[8] ^= std::byte{128}; }));
  EXPECT_TRUE(after([](auto& e) { e.ops[4].seen.bytes.pop_back(); }));
  EXPECT_TRUE(after([](auto& e) { e.ops[5].seen.code = ErrorCode::ok; }));
  EXPECT_TRUE(after([](auto& e) { e.ops[6].seen.code = ErrorCode::ok; }));
  EXPECT_TRUE(after([](auto& e) { e.ops[6].seen.code = ErrorCode::not_found; })) << "of a name";
  EXPECT_TRUE(after([](auto& e) { e.at_end[0].shown.seen.back() = std::byte{0}; }));
  EXPECT_TRUE(after([](auto& e) { e.at_end[0].shown.seen.push_back(std::byte{0}); }));
  EXPECT_TRUE(after([](auto& e) { e.at_end[0].shown.code = ErrorCode::io_error; }));
  EXPECT_TRUE(after([](auto& e) { e.at_end[0].shown.expected_code = ErrorCode::beyond_end; }));
}

TEST(Coherence, ABusErrorNeedsNoReason) {
  EXPECT_FALSE(after([](auto& e) { e.ops[5].seen.code = ErrorCode::io_error; }));
}

TEST(Coherence, WhatFoundNoSpaceIsJudgedByWhatTheFileHoldsThen) {
  MadeHistory made = some_answers();
  made.add_failed(op_of(OpKind::write, 0, page_bytes, page_bytes * 2, 9));
  made.add_short(op_of(OpKind::write, 0, page_bytes, page_bytes * 2, 9), page_bytes);
  EXPECT_FALSE(judge_coherence(made.evidence));
  made.evidence.ops[7].file->seen[0] ^= std::byte{1};
  const auto verdict = judge_coherence(made.evidence);
  ASSERT_TRUE(verdict);
  EXPECT_EQ(verdict->at, 7u);
  EXPECT_EQ(verdict->where,
            "the file, read after op 7 write f0 offset 4096 length 8192 value 0x9, file offset 0");
}

Event store(uint64_t offset, uint64_t value, uint64_t invoked, uint64_t answered) {
  return event_of(0, shared_op(SharedOpKind::store, offset, 1, value), invoked, answered);
}
Event load(uint64_t offset, uint64_t value, uint64_t invoked, uint64_t answered) {
  return event_of(1, shared_op(SharedOpKind::load, offset), invoked, answered, {value});
}
bool is_right(std::vector<Event> events) {
  return !judge_coherence(concurrent_evidence(std::move(events)));
}

TEST(CoherenceOfThreads, SomeOrderExplainsAllResults) {
  EXPECT_TRUE(is_right({store(0, 5, 1, 4), load(0, 0, 2, 3)}));
  EXPECT_TRUE(is_right({store(0, 5, 1, 4), load(0, 5, 2, 3)}));
  EXPECT_TRUE(is_right({store(0, 5, 1, 2), load(0, 5, 3, 4)}));
  EXPECT_FALSE(is_right({store(0, 5, 1, 2), load(0, 0, 3, 4)}));
  EXPECT_FALSE(is_right({store(0, 5, 1, 6), load(0, 5, 2, 3), load(0, 0, 4, 5)}));
  EXPECT_TRUE(is_right({store(0, 5, 1, 6), load(0, 0, 2, 3), load(0, 5, 4, 5)}));
  EXPECT_FALSE(is_right({load(8, 7, 1, 2)})) << "a hole reads as zeros";
}

TEST(CoherenceOfThreads, WhatFoundNoSpaceDidNothing) {
  EXPECT_TRUE(is_right({failed_event(store(0, 5, 1, 2)), load(0, 0, 3, 4)}));
  EXPECT_FALSE(is_right({failed_event(store(0, 5, 1, 2)), load(0, 5, 3, 4)}));
  EXPECT_FALSE(is_right({failed_event(store(0, 5, 1, 2), ErrorCode::io_error)}));
  // A punch needs none.
  EXPECT_FALSE(is_right({failed_event(event_of(0, shared_op(SharedOpKind::punch, 0), 1, 2))}));
  // A load may have asked for a block.
  EXPECT_TRUE(is_right({failed_event(load(0, 0, 1, 2))}));
}

TEST(CoherenceOfThreads, AShortWriteWroteWhatItReturned) {
  Event write = event_of(0, shared_op(SharedOpKind::write, page_bytes - 8, 2, 5), 1, 2);
  write.count_bytes = 8;
  EXPECT_TRUE(is_right({write, load(page_bytes - 8, 5, 3, 4), load(page_bytes, 0, 5, 6)}));
  EXPECT_FALSE(is_right({write, load(page_bytes - 8, 0, 3, 4)}));
  EXPECT_FALSE(is_right({write, load(page_bytes - 8, 5, 3, 4), load(page_bytes, 6, 5, 6)}));
  write.count_bytes = 0;
  EXPECT_FALSE(is_right({write})) << "that is no answer";
}

}  // namespace
}  // namespace daxlab
