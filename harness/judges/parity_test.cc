#include "harness/judges/parity.h"

#include <gtest/gtest.h>

#include "harness/judges/made_history_test.h"

namespace daxlab {
namespace {

SequentialEvidence answers() {
  MadeHistory made;
  made.add(op_of(OpKind::create, 0));
  made.add(op_of(OpKind::write, 0, 0, 16, 5));
  made.add(op_of(OpKind::read, 0, 0, 16));
  made.add(map_of(0, 0, {0, 2}));
  made.add(op_on_view(OpKind::load, 0, 8));
  made.add(op_on_view(OpKind::load, 0, page_bytes));  // past the end
  made.add_end(0);
  return made.evidence;
}

// The third engine differs.
std::optional<Verdict> judge_third(const SequentialEvidence& other) {
  const std::vector<EngineAnswers> engines{
      {"mmu", answers()}, {"baseline", answers()}, {"simulator", other}};
  return judge_parity(engines);
}

TEST(Parity, TheSameAnswersAreRight) {
  EXPECT_FALSE(judge_third(answers()));
  EXPECT_FALSE(judge_parity({}));
  SequentialEvidence other = answers();
  other.ops[5].seen.code = ErrorCode::io_error;
  EXPECT_FALSE(judge_third(other)) << "a bus error is a bus error";
  other.ops[1].after->space = MadeHistory::space_of(50);
  EXPECT_FALSE(judge_third(other)) << "space is not compared";
}

TEST(Parity, TheFirstDifferenceIsTold) {
  SequentialEvidence other = answers();
  other.ops[4].seen.word = 1;
  other.ops[2].seen.bytes[3] ^= std::byte{1};
  const auto verdict = judge_third(other);
  ASSERT_TRUE(verdict);
  EXPECT_EQ(verdict->judge, JudgeName::parity);
  EXPECT_EQ(verdict->where, "op 2 read f0 offset 0 length 16, file offset 3");
  EXPECT_EQ(verdict->at, 2u);
  EXPECT_NE(verdict->expected.find(" as on mmu"), std::string::npos);
  EXPECT_NE(verdict->seen.find(" on simulator"), std::string::npos);
}

TEST(Parity, EveryFieldOfAnAnswerCounts) {
  const auto found = [](auto change) {
    SequentialEvidence other = answers();
    change(other);
    return judge_third(other).has_value();
  };
  EXPECT_TRUE(found([](auto& e) { e.ops[0].seen.code = ErrorCode::exists; }));
  EXPECT_TRUE(found([](auto& e) { e.ops[1].seen.count_bytes = 8; }));
  EXPECT_TRUE(found([](auto& e) { e.ops[1].seen.size_bytes = 17; }));
  EXPECT_TRUE(found([](auto& e) { e.ops[5].seen.code = ErrorCode::ok; }));
  EXPECT_TRUE(found([](auto& e) { e.ops.pop_back(); }));
  EXPECT_TRUE(found([](auto& e) { e.ops[3].op.offset_bytes = page_bytes; }));
  EXPECT_TRUE(found([](auto& e) { e.at_end[0].shown.seen[1] ^= std::byte{4}; }));
  EXPECT_TRUE(found([](auto& e) { e.at_end[0].shown.code = ErrorCode::beyond_end; }));
  EXPECT_TRUE(found([](auto& e) { e.at_end.clear(); }));
}

TEST(Parity, OfSeveralEnginesTheEarliestDifferenceIsTold) {
  std::vector<EngineAnswers> engines{{"a", answers()}, {"b", answers()}, {"c", answers()}};
  engines[1].evidence.ops[4].seen.word = 1;
  engines[2].evidence.ops[1].seen.size_bytes = 1;
  const auto verdict = judge_parity(engines);
  ASSERT_TRUE(verdict);
  EXPECT_EQ(verdict->at, 1u);
  EXPECT_EQ(verdict->seen, "1 on c");
}

}  // namespace
}  // namespace daxlab
