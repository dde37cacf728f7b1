#include <gtest/gtest.h>

#include "harness/crash/garbage.h"
#include "harness/judges/isolation.h"
#include "harness/judges/made_history_test.h"

namespace daxlab {
namespace {

SharedOp store_of(uint64_t offset, uint64_t value, uint32_t file = 0) {
  return shared_op(SharedOpKind::store, offset, 1, value, file);
}
std::string seen_by_load(std::vector<Event> others, uint64_t offset, uint64_t value) {
  others.push_back(event_of(1, shared_op(SharedOpKind::load, offset), 90, 91, {value}));
  const auto verdict = judge_isolation(concurrent_evidence(std::move(others)));
  return verdict ? verdict->seen : "";
}

TEST(IsolationOfThreads, OwnWordsAreRight) {
  const std::vector<Event> stores{event_of(0, store_of(8, 0x100), 1, 2),
                                  event_of(0, shared_op(SharedOpKind::write, 16, 3, 0x200), 3, 99)};
  for (const auto& [offset, value] :
       std::vector<std::pair<uint64_t, uint64_t>>{{8, 0x100}, {8, 0}, {16, 0x200}, {32, 0x202}}) {
    EXPECT_EQ(seen_by_load(stores, offset, value), "");
  }
}

TEST(IsolationOfThreads, WordsOfAnotherFileAreForeign) {
  EXPECT_EQ(seen_by_load({event_of(0, store_of(8, 0x100, 1), 1, 2)}, 8, 0x100),
            "0x100: the bytes of f1 offset 8");
}

TEST(IsolationOfThreads, WordsOfAnotherPlaceAreForeignWhenTheyWereFreed) {
  const Event stored = event_of(0, store_of(page_bytes + 8, 0x100), 1, 2);
  EXPECT_EQ(seen_by_load({stored}, 8, 0x100), "") << "in the wrong place: for coherence";
  const Event punch = event_of(0, shared_op(SharedOpKind::punch, page_bytes), 3, 4);
  EXPECT_EQ(seen_by_load({stored, punch}, 8, 0x100),
            "0x100: the bytes of f0 offset 4104, whose block was freed");
  const Event write = event_of(0, shared_op(SharedOpKind::write, page_bytes + 16, 1, 0x200), 3, 4);
  EXPECT_EQ(seen_by_load({stored, write}, 8, 0x100), "") << "in place";
  const Event elsewhere = event_of(0, shared_op(SharedOpKind::punch, 2 * page_bytes), 3, 4);
  EXPECT_EQ(seen_by_load({stored, elsewhere}, 8, 0x100), "");
  const Event later = event_of(0, shared_op(SharedOpKind::punch, page_bytes), 95, 96);
  EXPECT_EQ(seen_by_load({stored, later}, 8, 0x100), "");
  const Event cut = event_of(0, shared_op(SharedOpKind::truncate, page_bytes), 3, 4);
  EXPECT_NE(seen_by_load({stored, cut}, 8, 0x100), "");
}

TEST(IsolationOfThreads, GarbageAndUnknownWordsAreForeign) {
  EXPECT_NE(seen_by_load({}, 8, garbage_word(77, 33, 1)).find("free block 33"), std::string::npos);
  EXPECT_EQ(seen_by_load({}, 8, 0x1234), "0x1234: bytes that nobody wrote there");
}

TEST(IsolationOfThreads, OnlyWordsThatWereReadCount) {
  Event read = event_of(1, shared_op(SharedOpKind::read, 0, 3), 1, 2, {0, 0x99, 0x99});
  read.count_bytes = 8;
  EXPECT_FALSE(judge_isolation(concurrent_evidence({read})));
  Event failed = event_of(1, shared_op(SharedOpKind::load, 0), 3, 4, {0x99});
  failed.code = ErrorCode::beyond_end;
  EXPECT_FALSE(judge_isolation(concurrent_evidence({failed})));
}

}  // namespace
}  // namespace daxlab
