#include <gtest/gtest.h>

#include "harness/judges/enospc.h"
#include "harness/judges/made_history_test.h"

namespace daxlab {
namespace {

Event write_of(uint64_t words, ErrorCode code, uint64_t count) {
  Event event = event_of(0, shared_op(SharedOpKind::write, page_bytes - 8, words, 0x100), 1, 2);
  event.code = code;
  event.count_bytes = count;
  return event;
}
Event load_of(uint64_t value) {
  return event_of(1, shared_op(SharedOpKind::load, page_bytes), 3, 4, {value});
}
std::string seen_by_enospc_of_threads(std::vector<Event> events, bool all_or_nothing = false,
                                      uint64_t free_blocks = 20) {
  ConcurrentEvidence evidence = concurrent_evidence(std::move(events));
  evidence.all_or_nothing = all_or_nothing;
  evidence.before.space = MadeHistory::space_of(100 - free_blocks);
  const auto verdict = judge_enospc(evidence);
  return verdict ? verdict->seen : "";
}

TEST(EnospcOfThreads, WhatIsAnsweredIsWhatHappened) {
  EXPECT_EQ(seen_by_enospc_of_threads({write_of(3, ErrorCode::no_space, 0), load_of(0)}), "");
  EXPECT_EQ(seen_by_enospc_of_threads({write_of(3, ErrorCode::ok, 8), load_of(0)}), "");
  EXPECT_EQ(seen_by_enospc_of_threads({write_of(3, ErrorCode::ok, 24), load_of(0x101)}), "");
}

TEST(EnospcOfThreads, BytesThatWereNotWrittenAreNotSeen) {
  EXPECT_EQ(seen_by_enospc_of_threads({write_of(3, ErrorCode::no_space, 0), load_of(0x101)}),
            "0x101 by thread 1, in f0 at offset 4096");
  EXPECT_EQ(seen_by_enospc_of_threads({write_of(3, ErrorCode::ok, 8), load_of(0x101)}),
            "0x101 by thread 1, in f0 at offset 4096");
  EXPECT_EQ(seen_by_enospc_of_threads({write_of(3, ErrorCode::ok, 16), load_of(0x101)}), "");
  EXPECT_EQ(
      seen_by_enospc_of_threads(
          {failed_event(event_of(0, shared_op(SharedOpKind::store, page_bytes, 1, 0x300), 1, 2)),
           load_of(0x300)}),
      "0x300 by thread 1, in f0 at offset 4096");
}

TEST(EnospcOfThreads, ShortIsNotAllOrNothing) {
  EXPECT_EQ(seen_by_enospc_of_threads({write_of(3, ErrorCode::ok, 8)}, true), "8 bytes of 24");
  EXPECT_EQ(seen_by_enospc_of_threads({write_of(3, ErrorCode::no_space, 0)}, true), "");
  EXPECT_EQ(seen_by_enospc_of_threads({write_of(3, ErrorCode::ok, 0)}), "0 bytes of 24");
}

TEST(EnospcOfThreads, NoSpaceIsSaidWhenThereIsNone) {
  EXPECT_EQ(seen_by_enospc_of_threads({write_of(3, ErrorCode::no_space, 0)}, false, 90), "");
  ConcurrentEvidence evidence = concurrent_evidence({write_of(3, ErrorCode::no_space, 0)});
  evidence.before.space = SpaceUse{10'000, 10, 9'990, 0};
  EXPECT_TRUE(judge_enospc(evidence));
  evidence.before.space->reserved_blocks = 9'980;
  EXPECT_FALSE(judge_enospc(evidence)) << "10 that it could have";
  evidence.before.space->reserved_blocks = 0;
  evidence.after = LabAtRest{.space = evidence.before.space};
  evidence.after->space->reserved_blocks = 9'980;
  EXPECT_FALSE(judge_enospc(evidence)) << "the reserve has grown";
  evidence.after->space->reserved_blocks = 10;
  EXPECT_TRUE(judge_enospc(evidence));
  evidence.faults.no_space_at = 1;
  EXPECT_FALSE(judge_enospc(evidence));
}

}  // namespace
}  // namespace daxlab
